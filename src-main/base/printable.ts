// Escape sequences first (CSI, OSC, DCS and the two-byte ones), then what is left of C0, C1, and the
// characters that reorder or hide text (Unicode TR36, "bidirectional text spoofing").
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*[0-~]?/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Hostile text made harmless for a terminal: line feeds and tabs stay, everything else that steers goes. */
export function printable(text: string): string {
  return text.replace(ESCAPES, '').replace(CONTROLS, '')
}

/** The same on one line, cut to `max` characters (code points) with an ellipsis. */
export function printableLine(text: string, max = 200): string {
  const line = [
    ...printable(text.slice(0, max * 8))
      .replace(/\s+/g, ' ')
      .trim(),
  ]
  return line.length > max ? `${line.slice(0, max - 1).join('')}…` : line.join('')
}
