import type { AgentEvent, OutputParser, PermissionAnswer, PermissionQuestion } from '../adapter.ts'

/** What the agent says, and what it was told. */
export type RunEvent = AgentEvent | { type: 'answered'; question: string; answer: PermissionAnswer }

/** A parser that knows which of its questions wait for a person: each is answered or withdrawn once. */
export interface Dialogue {
  begin(token?: string): RunEvent[]
  push(chunk: Buffer): RunEvent[]
  /** Nothing happens for a question that is not open. */
  answer(question: string, answer: PermissionAnswer): RunEvent[]
  end(exitCode: number | null): RunEvent[]
}

// More questions at once than this read nobody's answers: they come from a program that floods.
const MAX_OPEN = 64
// A person decides on what was read; a question of a quarter of a million characters was not.
const MAX_CHARS = 256 * 1024

/**
 * Without `canAsk` every question is denied at once, as is one that no person could answer. All that is
 * open is withdrawn when the agent has closed or its output is complete. Pure.
 */
export function createDialogue(parser: OutputParser, canAsk: boolean): Dialogue {
  const open = new Set<string>()

  const withdrawAll = (): RunEvent[] => {
    const left = [...open].map((question): RunEvent => ({ type: 'withdrawn', question }))
    open.clear()
    return left
  }
  const refusalOf = ({ subject, why = '' }: PermissionQuestion): string | undefined => {
    if (!canAsk) return 'nobody can be asked here'
    if (open.size >= MAX_OPEN) return 'it has too many questions open'
    if (subject.length + why.length > MAX_CHARS) return 'the question is too long to be read'
    return undefined
  }
  const reply = (question: string, given: PermissionAnswer): RunEvent[] =>
    (parser.answer?.(question, given) ?? []).flatMap(track)
  const ask = (event: Extract<AgentEvent, { type: 'asked' }>): RunEvent[] => {
    const { id, tool, subject } = event.question
    if (open.has(id)) return []
    const refusal = refusalOf(event.question)
    if (refusal === undefined) {
      open.add(id)
      return [event]
    }
    const text = `It was not allowed to use ${tool}, since ${refusal}: ${subject}`
    const told: RunEvent = { type: 'item', item: { kind: 'warning', text } }
    return [told, ...reply(id, { decision: 'deny', note: refusal })]
  }
  const track = (event: RunEvent): RunEvent[] => {
    switch (event.type) {
      case 'asked':
        return ask(event)
      case 'withdrawn':
        return open.delete(event.question) ? [event] : []
      case 'closed':
        return [...withdrawAll(), event]
      default:
        return [event]
    }
  }
  return {
    begin: (token) => (parser.begin?.(token) ?? []).flatMap(track),
    push: (chunk) => parser.push(chunk).flatMap(track),
    answer(question, given) {
      if (!open.delete(question)) return []
      return [{ type: 'answered', question, answer: given }, ...reply(question, given)]
    },
    end: (exitCode) => [...parser.end(exitCode).flatMap(track), ...withdrawAll()],
  }
}
