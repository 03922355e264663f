/** Leaves an interactive program as a person would. */
export interface Leave {
  /** Begins once; further calls do nothing. */
  begin(): void
  readonly hasBegun: boolean
  close(): void
}

// Typed in one go, a control character counts as part of a paste, not as a key: between text and
// carriage return the three CLIs took 400 ms every time.
const KEY_GAP_MS = 400

/** Types `keys`, each control character as a key of its own; `insist` follows when that was not enough. */
export function createLeave(deps: {
  keys: string
  type(text: string): void
  insist(): void
  graceMs: number
}): Leave {
  const timers: NodeJS.Timeout[] = []
  let hasBegun = false
  let isClosed = false
  return {
    begin() {
      if (hasBegun || isClosed) return
      hasBegun = true
      const keys = splitKeys(deps.keys)
      for (const [n, key] of keys.entries()) {
        timers.push(setTimeout(() => deps.type(key), n * KEY_GAP_MS))
      }
      timers.push(setTimeout(deps.insist, keys.length * KEY_GAP_MS + deps.graceMs))
    },
    get hasBegun() {
      return hasBegun
    },
    close() {
      isClosed = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** Text stays together, as does an escape sequence; other control characters stand alone. */
export function splitKeys(keys: string): string[] {
  const pieces: string[] = []
  let isText = false
  for (const character of keys) {
    const isKey = character < ' ' && character !== ESCAPE
    if (isText && !isKey) pieces.push((pieces.pop() ?? '') + character)
    else pieces.push(character)
    isText = !isKey
  }
  return pieces
}

const ESCAPE = '\u001b'
