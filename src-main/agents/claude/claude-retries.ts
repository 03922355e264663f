import type { RunErrorCode } from '../../../src-shared/contract/index.ts'
import { printableLine } from '../../base/index.ts'
import type { AgentEvent } from '../adapter.ts'
import { countOf, type JsonObject, textOf } from '../line-parser.ts'

/** What is made of Claude's retries: told, and ended where they cannot help. */
export interface ClaudeRetries {
  /** Where it has its key from, as its first event says. */
  start(apiKeySource: string): void
  retry(event: JsonObject): AgentEvent[]
  /** The service has answered. */
  answered(): void
}

// A key of the environment stays as it is; any other credential is renewed before the second try, as
// when another process of the user has used up a short-lived token.
const FIXED_KEY = 'ANTHROPIC_API_KEY'
// Limits per minute are the shorter ones: whoever is refused for longer is refused for hours.
const PATIENCE_MS = 60_000

/** Left to itself Claude tries ten times, for minutes; a wrong key stays wrong all the while. */
export function createClaudeRetries(): ClaudeRetries {
  let isFixed = false
  let waitedMs = 0
  return {
    start(apiKeySource) {
      isFixed = apiKeySource === FIXED_KEY
    },
    retry(event) {
      const status = countOf(event['error_status'])
      const words = `The model service answered ${status || 'nothing'} (${printableLine(textOf(event['error']), 80)})`
      waitedMs += countOf(event['retry_delay_ms'])
      if (status === 401 && (isFixed || countOf(event['attempt']) > 1)) {
        return [closed('not_signed_in', `${words}: it refuses the key.`)]
      }
      if (status === 429 && waitedMs > PATIENCE_MS) {
        return [closed('rate_limited', `${words} for more than a minute.`)]
      }
      const seconds = Math.ceil(countOf(event['retry_delay_ms']) / 1000)
      return [{ type: 'item', item: { kind: 'warning', text: `${words}; again in ${seconds} s.` } }]
    },
    answered() {
      waitedMs = 0
    },
  }
}

const closed = (code: RunErrorCode, message: string): AgentEvent => ({
  type: 'closed',
  closing: { ok: false, code, message },
})
