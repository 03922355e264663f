import type { Usage } from '../../../src-shared/contract/index.ts'
import { countOf, isObject, type JsonObject, textOf } from '../line-parser.ts'

/**
 * What the closing event counts, subordinate agents and small models included; input includes what was
 * cached. A resumed run counts afresh (seen with 2.1.197).
 */
export function readTotal(event: JsonObject): Usage {
  const models = isObject(event['modelUsage'])
    ? Object.values(event['modelUsage']).filter(isObject)
    : []
  const parts = models.map((model) => ({
    input:
      countOf(model['inputTokens']) +
      countOf(model['cacheReadInputTokens']) +
      countOf(model['cacheCreationInputTokens']),
    output: countOf(model['outputTokens']),
  }))
  if (parts.length === 0) parts.push(readCounts(event['usage']))
  return {
    inputTokens: sum(parts.map(({ input }) => input)),
    outputTokens: sum(parts.map(({ output }) => output)),
    costUsd: countOf(event['total_cost_usd']),
  }
}

/** What messages counted so far, for a run that ends without a closing event; no cost is told before. */
export interface Tally {
  /** The total, when this message was not counted yet. */
  add(message: JsonObject): Usage | undefined
}

export function createTally(): Tally {
  const counted = new Set<string>()
  const total = { input: 0, output: 0 }
  return {
    add(message) {
      const id = textOf(message['id'])
      const { input, output } = readCounts(message['usage'])
      if (counted.has(id) || input + output === 0) return undefined
      counted.add(id)
      total.input += input
      total.output += output
      return { inputTokens: total.input, outputTokens: total.output, costUsd: 0 }
    },
  }
}

function readCounts(usage: unknown): { input: number; output: number } {
  if (!isObject(usage)) return { input: 0, output: 0 }
  const fields = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
  return {
    input: sum(fields.map((field) => countOf(usage[field]))),
    output: Math.round(countOf(usage['output_tokens'])),
  }
}

const sum = (values: readonly number[]): number =>
  Math.round(values.reduce((total, value) => total + value, 0))
