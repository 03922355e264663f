import { expect, it } from 'vitest'
import {
  type EventDraft,
  noUsage,
  type Run,
  type StoredEvent,
} from '../../src-shared/contract/index.ts'
import { createLog } from '../base/index.ts'
import { logEvents } from './log-events.ts'

const AT = '2026-01-02T03:04:05.000Z'
const reason = { code: 'run_failed', message: 'HOSTILE words' } as const
const run: Run = {
  id: 'r1',
  n: 7,
  sessionId: 's1',
  taskId: 't1',
  agent: 'codex',
  cause: 'first',
  state: 'ended',
  startedAt: AT,
  reason,
  usage: noUsage,
}
const about = { actor: 'run:r1', sessionId: 's1', taskId: 't1', runId: 'r1' }
const ids = { ...about, seq: 1 }

it('tells each event with its ids and states, and no word of anybody', () => {
  const lines: [string, object][] = []
  const listeners = new Set<(event: StoredEvent) => void>()
  const stop = logEvents(
    {
      subscribe(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    createLog((level, message, fields) => {
      lines.push([`${level} ${message}`, JSON.parse(JSON.stringify(fields))])
    }),
  )
  const happen = (draft: EventDraft) => {
    for (const listener of listeners) listener({ ...draft, seq: 1, at: AT } as StoredEvent)
  }
  happen({ ...about, type: 'run.ended', data: { outcome: 'failed', run, leftovers: 2 } })
  happen({ ...about, type: 'run.output', data: { item: { kind: 'message', text: 'HOSTILE' } } })
  happen({
    ...about,
    type: 'conflict.found',
    data: { files: ['HOSTILE.txt'], ours: 'a', theirs: 'b', base: 'c' },
  })
  happen({ ...about, type: 'plan.rejected', data: { attempt: 1, message: 'HOSTILE' } })
  stop()
  happen({ ...about, type: 'settings.changed', data: { key: 'late' } })
  expect(lines).toEqual([
    [
      'info run.ended',
      {
        ...ids,
        n: 7,
        agent: 'codex',
        outcome: 'failed',
        code: 'run_failed',
        leftovers: 2,
        usage: noUsage,
      },
    ],
    ['info conflict.found', { ...ids, files: 1, ours: 'a', theirs: 'b' }],
    ['info plan.rejected', ids],
  ])
})
