import { printable } from '../../base/index.ts'
import type { AgentEvent, OutputParser } from '../adapter.ts'
import { createLineParser } from '../line-parser.ts'

// An answer is read by a person or parsed as a plan; past this it is a log.
const MAX_ANSWER_CHARS = 64 * 1024

/**
 * Reads plain text: each line a message. There is no closing event, so an exit code of zero is all
 * there is as a closing statement; another one is its statement of failure, a signal is none.
 */
export function createTextParser(): OutputParser {
  const lines: string[] = []
  let chars = 0
  const text = (line: string): AgentEvent[] => {
    const cleaned = printable(line)
    // Whole lines from the end; of a line that is longer than all of it, the end.
    lines.push(cleaned.slice(-MAX_ANSWER_CHARS))
    chars += lines.at(-1)?.length ?? 0
    while (chars > MAX_ANSWER_CHARS) chars -= lines.shift()?.length ?? chars
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
