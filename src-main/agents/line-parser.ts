import { printable } from '../base/index.ts'
import type { AgentEvent, OutputParser } from './adapter.ts'
import { createLineSplitter } from './line-splitter.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** What one format makes of its lines. */
export interface LineReader {
  /** A line that is one of its JSON objects; undefined when it is not known. */
  event(event: JsonObject): AgentEvent[] | undefined
  /** What tells its objects from any other; by default that they have a `type`. */
  isEvent?(object: JsonObject): boolean
  /** Any other line; by default it is kept raw. */
  text?(line: string): AgentEvent[]
  end?(exitCode: number | null): AgentEvent[]
}

/** A parser for one event a line. Warnings between the events and events of a future version are kept raw. */
export function createLineParser(reader: LineReader): OutputParser {
  const lines = createLineSplitter()
  const isEvent = reader.isEvent ?? hasType
  const read = (line: string): AgentEvent[] => {
    const object = parseObject(line)
    const known = object && isEvent(object) ? reader.event(object) : undefined
    if (known) return known
    const text = printable(line)
    // Nothing but what steers a terminal says nothing, too.
    if (text.trim() === '') return []
    return reader.text?.(line) ?? [{ type: 'item', item: { kind: 'raw', text } }]
  }
  return {
    push: (chunk) => lines.push(chunk).flatMap(read),
    end: (exitCode) => [...lines.end().flatMap(read), ...(reader.end?.(exitCode) ?? [])],
  }
}

const hasType = (object: JsonObject): boolean => typeof object['type'] === 'string'

function parseObject(line: string): JsonObject | undefined {
  if (!line.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    // A warning that begins with a brace, or an event that was cut off: kept raw by the caller.
    return undefined
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a table of our own has under a name that the other side chose: `constructor` is none of it. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** Fields of an event as what they should be; anything else counts as absent. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
export const integerOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) ? value : null
export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
