import { describe, expect, it } from 'vitest'
import type { Approval } from '../../../src-shared/contract/index.ts'
import { openHub } from '../client/event-hub.ts'
import {
  createRecordedScreen,
  createScriptedOrchestrator,
  makeApproval,
  makeSession,
} from '../fixture/scripted-orchestrator.ts'
import { askAbout } from './approvals.ts'

/** Asks somebody who never types anything, while `then` happens. */
async function askNobody(
  then: (decide: (state: Approval['state']) => void, interrupt: AbortController) => void,
) {
  const approval = makeApproval('q1')
  const { orchestrator, calls, stage } = createScriptedOrchestrator({ session: makeSession([]) })
  const recorded = createRecordedScreen({ interactive: true })
  const interrupt = new AbortController()
  const decide = (state: Approval['state']) =>
    stage.emit({ type: 'approval.decided', data: { approval: { ...approval, state } } })
  const screen = {
    ...recorded.screen,
    ask: (_question: string, signal: AbortSignal) =>
      new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')))
        then(decide, interrupt)
      }),
  }
  const hub = await openHub(orchestrator)
  if (!hub.ok) throw new Error(hub.error.message)
  const { signal } = interrupt
  const state = await askAbout({ orchestrator, hub: hub.value, screen, signal }, approval)
  return { state, calls, said: recorded.out.join('\n') }
}

describe('a question that stands at the terminal', () => {
  it.each<[Approval['state'], string]>([
    ['allowed', 'Answered elsewhere: allowed.'],
    ['denied', 'Answered elsewhere: denied.'],
    ['withdrawn', 'It is asked no more.'],
  ])('is taken away when it is %s elsewhere', async (state, words) => {
    const asked = await askNobody((decide) => decide(state))
    expect(asked.state).toBe(state)
    expect(asked.said).toContain(words)
    expect(asked.calls).toEqual([])
  })

  it('stays open when the run is interrupted', async () => {
    const asked = await askNobody((_, interrupt) => interrupt.abort())
    expect([asked.state, asked.calls]).toEqual([undefined, []])
  })
})
