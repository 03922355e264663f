import { printable } from '../../base/index.ts'
import type { AgentEvent, OutputParser } from '../adapter.ts'
import { createLineParser } from '../line-parser.ts'

// An answer is read by a person or parsed as a plan; past this it is a log.
const MAX_ANSWER_LINES = 2_000

/**
 * Reads plain text: each line a message. There is no closing event, so an exit code of zero is all
 * there is as a closing statement; another one is its statement of failure, a signal is none.
 */
export function createTextParser(): OutputParser {
  const lines: string[] = []
  const text = (line: string): AgentEvent[] => {
    const cleaned = printable(line)
    lines.push(cleaned)
    if (lines.length > MAX_ANSWER_LINES) lines.shift()
    return [{ type: 'item', item: { kind: 'message', text: cleaned } }]
  }
  return createLineParser({
    event: () => undefined,
    text,
    end: (exitCode) => {
      if (exitCode === null) return []
      if (exitCode === 0)
        return [{ type: 'closed', closing: { ok: true, answer: lines.join('\n') } }]
      const message = `it ended with exit code ${exitCode}`
      return [{ type: 'closed', closing: { ok: false, code: 'run_failed', message } }]
    },
  })
}
