/** A line of a transcript, numbered from 0. */
export interface Line {
  n: number
  text: string
}

// ECMA-48: control sequences (CSI … final), strings (OSC, DCS, SOS, PM, APC … ST or BEL), and single escapes.
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g

/** The words of what was printed, without its orders to a terminal. */
export function plainLines(text: string): Line[] {
  const lines = text.replaceAll('\r\n', '\n').replaceAll(ESCAPES, '').split('\n')
  // What ends with a line feed has no line after it.
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line, n) => ({ n, text: line }))
}
