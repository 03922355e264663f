import type { Session, Task, TaskState } from '../../../src-shared/contract/index.ts'
import type { Tone } from './format.ts'

interface StateLook {
  /** A shape beside the word: states are told apart without colour. */
  glyph: string
  word: string
  tone: Tone
}

const LOOKS: Readonly<Record<TaskState, StateLook>> = {
  planned: { glyph: '·', word: 'planned', tone: 'dim' },
  blocked: { glyph: '◌', word: 'blocked', tone: 'dim' },
  queued: { glyph: '○', word: 'queued', tone: 'dim' },
  running: { glyph: '●', word: 'running', tone: 'strong' },
  reported: { glyph: '◔', word: 'reported', tone: 'strong' },
  verifying: { glyph: '◑', word: 'verifying', tone: 'strong' },
  verified: { glyph: '◕', word: 'verified', tone: 'strong' },
  integrating: { glyph: '◕', word: 'integrating', tone: 'strong' },
  integrated: { glyph: '✓', word: 'integrated', tone: 'good' },
  conflicted: { glyph: '!', word: 'conflicted', tone: 'wait' },
  failed: { glyph: '✗', word: 'failed', tone: 'bad' },
  cancelled: { glyph: '–', word: 'cancelled', tone: 'dim' },
}

export const lookOf = (state: TaskState): StateLook => LOOKS[state]

/** States in which somebody or something works on the task right now. */
const MOVING: ReadonlySet<TaskState> = new Set([
  'running',
  'reported',
  'verifying',
  'verified',
  'integrating',
])
export const isMoving = (task: Task): boolean => MOVING.has(task.state)

/** Milliseconds from the task's first run to its end, or to now while it moves. */
export function elapsed(task: Task, now: number): number | undefined {
  const first = task.runs[0]
  if (!first) return undefined
  const last = task.runs.at(-1)?.endedAt
  const until = isMoving(task) || last === undefined ? now : Date.parse(last)
  return Math.max(0, until - Date.parse(first.startedAt))
}

/** Who works or worked on it. */
export const agentOf = (task: Task): string | undefined =>
  task.agent ?? task.runs.at(-1)?.agent ?? task.wantedAgent

export const isAllIntegrated = (session: Session): boolean =>
  session.tasks.length > 0 &&
  session.tasks.every(({ state }) => state === 'integrated' || state === 'cancelled') &&
  session.tasks.some(({ state }) => state === 'integrated')
