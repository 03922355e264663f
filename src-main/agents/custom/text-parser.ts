import { StringDecoder } from 'node:string_decoder'
import { printable } from '../../base/index.ts'
import type { AgentEvent, OutputParser } from '../adapter.ts'

// An answer is read by a person or parsed as a plan; past this it is a log.
const MAX_ANSWER_CHARS = 64 * 1024
// One item is a page or two of a reader, and is shown and stored whole.
const MAX_ITEM_CHARS = 16_000
// A line that has no end is handed on in pieces, so that it cannot fill the memory.
const MAX_LINE_CHARS = 1024 * 1024

/**
 * Reads plain text: the lines that come together are one message. There is no closing event, so an exit code of
 * zero is all there is as a closing statement; another one is its statement of failure, a signal is none.
 */
export function createTextParser(): OutputParser {
  const decoder = new StringDecoder('utf8')
  let begun = ''
  let answer = ''
  const say = (text: string): AgentEvent[] => {
    const cleaned = clean(text)
    if (cleaned.trim() === '') return []
    answer = lastLines(answer === '' ? cleaned : `${answer}\n${cleaned}`, MAX_ANSWER_CHARS)
    return pieces(cleaned).map((piece) => ({
      type: 'item',
      item: { kind: 'message', text: piece },
    }))
  }
  return {
    push(chunk) {
      begun += decoder.write(chunk)
      const end = begun.length > MAX_LINE_CHARS ? begun.length : begun.lastIndexOf('\n') + 1
      const whole = begun.slice(0, end)
      begun = begun.slice(end)
      return say(whole)
    },
    end(exitCode) {
      const last = say(begun + decoder.end())
      begun = ''
      if (exitCode === null) return last
      if (exitCode === 0) return [...last, { type: 'closed', closing: { ok: true, answer } }]
      const message = `it ended with exit code ${exitCode}`
      return [...last, { type: 'closed', closing: { ok: false, code: 'run_failed', message } }]
    },
  }
}

/** Whole lines that are no threat to a terminal; those with nothing in them say nothing. */
const clean = (text: string): string =>
  printable(text)
    .replaceAll(/\n(?:[ \t]*\n)+/g, '\n')
    .replace(/^\n|\n$/g, '')

/** Whole lines from the end; of a line that is longer than all of it, the end. */
function lastLines(text: string, max: number): string {
  if (text.length <= max) return text
  const kept = text.slice(-max)
  const feed = kept.indexOf('\n')
  return feed < 0 || text[text.length - max - 1] === '\n' ? kept : kept.slice(feed + 1)
}

/** Cut at line feeds where there are any. */
function pieces(text: string): string[] {
  const cut: string[] = []
  let rest = text
  while (rest.length > MAX_ITEM_CHARS) {
    const feed = rest.lastIndexOf('\n', MAX_ITEM_CHARS)
    const at = feed > 0 ? feed : MAX_ITEM_CHARS
    cut.push(rest.slice(0, at))
    rest = rest.slice(feed > 0 ? at + 1 : at)
  }
  return [...cut, rest]
}
