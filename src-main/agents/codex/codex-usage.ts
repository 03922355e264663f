import type { Usage } from '../../../src-shared/contract/index.ts'
import { countOf, isObject, type JsonObject, textOf } from '../line-parser.ts'

/** What this run has used, its helpers' threads included. No cost is told. */
export interface CodexUsage {
  /** A `turn/started`: what is counted for it is this run's. */
  began(params: JsonObject): void
  /** A `thread/tokenUsage/updated`; undefined when it tells of an earlier run. */
  read(params: JsonObject): Usage | undefined
}

interface Counts {
  input: number
  output: number
}

/**
 * A thread's `total` is that of its whole life, `last` that of the latest answer: so what was used before this run
 * is the difference when its first answer is told. A thread that is gone on with tells its total once before.
 */
export function createCodexUsage(): CodexUsage {
  const turns = new Set<string>()
  const threads = new Map<string, { before: Counts; now: Counts }>()
  return {
    began({ turn }) {
      if (isObject(turn)) turns.add(textOf(turn['id']))
    },
    read({ threadId, tokenUsage, turnId }) {
      if (!isObject(tokenUsage) || !turns.has(textOf(turnId))) return undefined
      const now = countsOf(tokenUsage['total'])
      const before =
        threads.get(textOf(threadId))?.before ?? less(now, countsOf(tokenUsage['last']))
      threads.set(textOf(threadId), { before, now })
      const used = [...threads.values()].map((each) => less(each.now, each.before))
      return {
        inputTokens: sum(used.map(({ input }) => input)),
        outputTokens: sum(used.map(({ output }) => output)),
        costUsd: 0,
      }
    },
  }
}

/** Input includes what was cached. */
function countsOf(counts: unknown): Counts {
  const { inputTokens, outputTokens } = isObject(counts) ? counts : ({} as JsonObject)
  return { input: Math.round(countOf(inputTokens)), output: Math.round(countOf(outputTokens)) }
}

const less = (a: Counts, b: Counts): Counts => ({
  input: Math.max(0, a.input - b.input),
  output: Math.max(0, a.output - b.output),
})

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
