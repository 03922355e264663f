import type { RunErrorCode } from '../../src-shared/contract/index.ts'

const MEANINGS: readonly (readonly [RegExp, RunErrorCode])[] = [
  [
    /\b401\b|unauthori[sz]ed|invalid.{0,10}api.?key|api.?key.{0,10}(not valid|invalid|missing)|incorrect api key|not (logged|signed) in|missing environment variable.*key|authentication.(failed|required)/i,
    'not_signed_in',
  ],
  [/\b429\b|rate.?limit|too many requests|usage limit|quota/i, 'rate_limited'],
]

/** What a service's error text means, as far as all services say it alike. */
export function explainError(text: string): RunErrorCode | undefined {
  return MEANINGS.find(([pattern]) => pattern.test(text))?.[1]
}
