// What begins a string for the terminal after ESC (ECMA-48, 5.6): DCS, SOS, OSC, PM, APC.
const OPENERS: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f])
// The same as one character, as UTF-8 has it: 0xC2 and this.
const C1_OPENERS: ReadonlySet<number> = new Set([0x90, 0x98, 0x9d, 0x9e, 0x9f])
const ESC = 0x1b
const C1 = 0xc2
// CAN and SUB end what is begun; BEL ends an OSC; 0xC2 0x9C is ST.
const ENDERS: ReadonlySet<number> = new Set([0x07, 0x18, 0x1a])
const C1_END = 0x9c
const TERMINATOR = new Uint8Array([ESC, 0x5c])
// Titles, links and pictures are far shorter; a terminal shows nothing while one lasts.
const MAX_BYTES = 65_536

/**
 * Ends strings that a program begins and does not end, after `max` bytes: a terminal waits for the end of one for
 * ever and shows nothing meanwhile. Gives the bytes of a stream on, piece by piece, wherever it was cut.
 */
export function createStringCap(max: number = MAX_BYTES): (bytes: Uint8Array) => Uint8Array[] {
  let before = 0
  // Of the string that lasts; below zero while none does.
  let length = -1
  const follow = (byte: number) => {
    if (length < 0) length = begins(before, byte) ? 0 : -1
    else length = ends(before, byte) ? -1 : length + 1
    before = byte
  }
  return (bytes) => {
    const parts: Uint8Array[] = []
    let from = 0
    for (let at = 0; at < bytes.length; at += 1) {
      follow(bytes[at] ?? 0)
      if (length <= max) continue
      parts.push(bytes.subarray(from, at), TERMINATOR)
      from = at
      length = -1
    }
    parts.push(bytes.subarray(from))
    return parts
  }
}

const begins = (before: number, byte: number): boolean =>
  (before === ESC && OPENERS.has(byte)) || (before === C1 && C1_OPENERS.has(byte))

const ends = (before: number, byte: number): boolean =>
  ENDERS.has(byte) || byte === ESC || (before === C1 && byte === C1_END)
