import { widthOf } from './width.ts'

// As many columns as a terminal has at least.
const COLUMNS = 80

/**
 * A text on as many lines as it takes, broken at its spaces, each after `indent` spaces. A word longer than a
 * line stays whole, so that paths and commands can be copied.
 */
export function hanging(text: string, indent: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + widthOf(`${line} ${word}`) > COLUMNS) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each)
}
