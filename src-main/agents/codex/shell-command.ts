import { printable } from '../../base/index.ts'

// Only shells of the system: a file of any other place may do anything with its arguments.
const WRAPPED = /^(?:(?:\/usr)?\/bin\/)?(?:ba|da|z)?sh -l?c ([\s\S]+)$/
// One word as Codex quotes it (the shlex of Rust): plain, in single quotes, or in double quotes with what means
// something there escaped.
const PIECE = /([\w@%+=:,./-]+)|'([^']*)'|"((?:[^"\\$`!]|\\["\\$`])*)"/y

/**
 * A command without the shell that Codex puts around it, if that is beyond doubt; else as it is. What is shown is
 * all that will be run: characters that would not be seen are written out.
 */
export function readCommand(text: string): string {
  const argument = WRAPPED.exec(text)?.[1]
  return visible((argument === undefined ? undefined : unquote(argument)) ?? text)
}

/** The value of a single word of a shell; undefined when it is anything else. */
function unquote(word: string): string | undefined {
  let value = ''
  PIECE.lastIndex = 0
  while (PIECE.lastIndex < word.length) {
    const piece = PIECE.exec(word)
    if (!piece) return undefined
    const [, plain, single, double] = piece
    value += plain ?? single ?? double?.replace(/\\(.)/g, '$1') ?? ''
  }
  return value
}

/** Two commands that differ look different: an allowance holds for what was seen. */
export function visible(text: string): string {
  if (printable(text) === text) return text
  return [...text]
    .map((character) =>
      printable(character) === character && character !== ''
        ? character
        : `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
    .join('')
}
