/** What is used of a terminal; the one in the window and the one without a screen both have it. */
export interface Hardenable {
  readonly cols: number
  readonly rows: number
  readonly parser: {
    registerCsiHandler(
      id: { final: string },
      callback: (params: (number | number[])[]) => boolean,
    ): unknown
    registerOscHandler(ident: number, callback: (data: string) => boolean): unknown
  }
}

// Insert and delete lines and characters, scroll, tabs, repeat: the parser does each as often as it is told.
const REPEATED = ['L', 'M', 'S', 'T', '@', 'P', 'X', 'I', 'Z', 'b'] as const

/**
 * Orders to the window and not to the screen: the clipboard (52), colours of the whole screen (4, 5, 10 to 19, and
 * back by 104 to 119), the folder (7), notifications (9, 777, 1337) and what editors add (633).
 */
const REFUSED_OSC = [
  4, 5, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 50, 52, 104, 105, 110, 111, 112, 113, 114,
  115, 116, 117, 118, 119, 633, 777, 1337,
] as const

/**
 * Takes from what a program prints its power over the window. `ESC[2147483647L` and its like hold the parser for
 * minutes. What asks for more than the screen has lines or columns is left out whole: a handler cannot change what it
 * asks for.
 */
export function harden(terminal: Hardenable): void {
  for (const final of REPEATED) {
    terminal.parser.registerCsiHandler({ final }, (params) => {
      const times = params[0]
      return typeof times === 'number' && times > Math.max(terminal.cols, terminal.rows)
    })
  }
  for (const ident of REFUSED_OSC) terminal.parser.registerOscHandler(ident, () => true)
}
