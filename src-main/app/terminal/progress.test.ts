import { describe, expect, it } from 'vitest'
import {
  createRecordedScreen,
  createScriptedOrchestrator,
  makeSession,
  makeTask,
} from '../fixture/scripted-orchestrator.ts'
import { createPlainProgress } from './progress.ts'

describe('plain progress', () => {
  it('reads the session only for what it shows of a task', () => {
    const session = makeSession([makeTask('a', 'running')])
    const { orchestrator, stage } = createScriptedOrchestrator({ session })
    const { screen, out } = createRecordedScreen()
    let reads = 0
    createPlainProgress({
      events: orchestrator.events,
      session: () => {
        reads += 1
        return session
      },
      sessionId: session.id,
      screen,
    })
    const item = { kind: 'message', text: 'thinking' } as const
    stage.emit({ type: 'run.output', taskId: 'id-a', data: { item } })
    stage.emit({ type: 'integration.advanced', data: { from: 'a', to: 'b' } })
    expect(reads).toBe(0)
    stage.emit({ type: 'conflict.found', taskId: 'id-a', data: { files: ['x.txt'] } as never })
    expect([reads, out.length, out[1]]).toEqual([1, 2, '03:04:05 a: conflict in x.txt'])
  })
})
