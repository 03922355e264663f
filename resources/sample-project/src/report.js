import { words } from './words.js'

/** What tally says about a text: one fact a line. */
export function report(text) {
  const facts = [
    ['words', words(text).length],
  ]
  return facts.map(([name, value]) => `${name}: ${value}`).join('\n')
}
