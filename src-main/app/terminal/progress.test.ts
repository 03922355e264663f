import { describe, expect, it } from 'vitest'
import { openHub } from '../client/event-hub.ts'
import {
  createRecordedScreen,
  createScriptedOrchestrator,
  makeSession,
  makeTask,
} from '../fixture/scripted-orchestrator.ts'
import { createPlainProgress } from './progress.ts'

describe('plain progress', () => {
  it('names tasks by their keys, also those that came later, and reads the session for nothing', async () => {
    const session = makeSession([makeTask('a', 'running')])
    const { orchestrator, stage } = createScriptedOrchestrator({ session })
    const { screen, out } = createRecordedScreen()
    const hub = await openHub(orchestrator)
    if (!hub.ok) throw new Error(hub.error.message)
    const read = () => Promise.reject(new Error('it was read'))
    createPlainProgress({ hub: hub.value, session, read, screen })
    const item = { kind: 'message', text: 'thinking' } as const
    const conflict = { files: ['x.txt'] } as never
    stage.emit({ type: 'run.output', taskId: 'id-a', data: { item } })
    stage.emit({ type: 'conflict.found', taskId: 'id-a', data: conflict })
    const created = { key: 'b', title: 'B', needs: [] }
    stage.emit({ type: 'task.created', taskId: 'id-b', data: created })
    stage.emit({ type: 'conflict.found', taskId: 'id-b', data: conflict })
    expect(out.filter((line) => line.includes('conflict'))).toEqual([
      '03:04:05 a: conflict in x.txt',
      '03:04:05 b: conflict in x.txt',
    ])
  })
})
