import type { SessionState, TaskState } from '../../src-shared/contract/index.ts'
import { classNames } from './class-names.ts'

export type Tone = 'good' | 'wait' | 'bad' | 'busy' | 'idle'

const TONES: Readonly<Record<Tone, string>> = {
  good: 'text-good',
  wait: 'text-wait',
  bad: 'text-bad',
  busy: 'text-action',
  idle: 'text-soft',
}

interface MarkProps {
  tone: Tone
  glyph: string
  word: string
  /** Read out all the same. */
  hideWord?: boolean
}

/** A state: colour, shape and word, so that each alone tells it. */
export const Mark = ({ tone, glyph, word, hideWord }: MarkProps) => (
  <span className={classNames('inline-flex items-center gap-1 whitespace-nowrap', TONES[tone])}>
    <span aria-hidden className="inline-block w-3.5 text-center">
      {glyph}
    </span>
    <span className={hideWord ? 'sr-only' : undefined}>{word}</span>
  </span>
)

export const taskLooks: Readonly<Record<TaskState, Omit<MarkProps, 'hideWord'>>> = {
  planned: { tone: 'idle', glyph: '·', word: 'planned' },
  blocked: { tone: 'idle', glyph: '◌', word: 'waiting for others' },
  queued: { tone: 'idle', glyph: '○', word: 'queued' },
  running: { tone: 'busy', glyph: '●', word: 'running' },
  reported: { tone: 'busy', glyph: '◔', word: 'reported' },
  verifying: { tone: 'busy', glyph: '◑', word: 'checking' },
  verified: { tone: 'good', glyph: '◕', word: 'verified' },
  integrating: { tone: 'busy', glyph: '◕', word: 'merging' },
  integrated: { tone: 'good', glyph: '✓', word: 'merged' },
  conflicted: { tone: 'wait', glyph: '⚡', word: 'conflict' },
  failed: { tone: 'bad', glyph: '✗', word: 'failed' },
  cancelled: { tone: 'idle', glyph: '–', word: 'cancelled' },
}

export const TaskMark = ({ state, hideWord }: { state: TaskState; hideWord?: boolean }) => (
  <Mark {...taskLooks[state]} {...(hideWord === undefined ? {} : { hideWord })} />
)

export const sessionLooks: Readonly<Record<SessionState, Omit<MarkProps, 'hideWord'>>> = {
  draft: { tone: 'idle', glyph: '○', word: 'draft' },
  active: { tone: 'busy', glyph: '●', word: 'working' },
  awaiting_review: { tone: 'good', glyph: '✓', word: 'ready for you' },
  suspended: { tone: 'wait', glyph: '‖', word: 'paused' },
  finalized: { tone: 'idle', glyph: '■', word: 'finished' },
}
