import type { Run, Task } from '../../../src-shared/contract/index.ts'
import { type Tone, taskLooks } from '../../ui/mark.tsx'

interface Look {
  tone: Tone
  glyph: string
  word: string
}

const ENDED: Readonly<Record<NonNullable<Run['outcome']>, Look>> = {
  succeeded: { tone: 'good', glyph: '✓', word: 'done' },
  failed: { tone: 'bad', glyph: '✗', word: 'failed' },
  crashed: { tone: 'bad', glyph: '✗', word: 'crashed' },
  timed_out: { tone: 'bad', glyph: '✗', word: 'time was up' },
  cancelled: { tone: 'idle', glyph: '–', word: 'stopped' },
  interrupted: { tone: 'wait', glyph: '‖', word: 'interrupted' },
}

/** How a run stands: while it is the task's last, as the task does. */
export function runLook(run: Run, task: Task | undefined, isAsking: boolean): Look {
  if (run.state !== 'ended') {
    if (isAsking) return { tone: 'wait', glyph: '?', word: 'asks you' }
    if (run.cause === 'taken_over') return { tone: 'wait', glyph: '⌨', word: 'yours' }
    return { tone: 'busy', glyph: '●', word: 'running' }
  }
  const isLast = task?.runs.at(-1)?.id === run.id
  if (isLast && task && run.outcome === 'succeeded') return taskLooks[task.state]
  return ENDED[run.outcome ?? 'crashed']
}
