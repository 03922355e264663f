import type { Approval } from '../../../src-shared/contract/index.ts'
import type { Orchestrator } from '../orchestrator-port.ts'
import { oneLine } from '../terminal/format.ts'
import type { Progress } from '../terminal/progress.ts'
import type { Screen } from '../terminal/screen.ts'
import { explain } from './context.ts'

/** Puts questions to the person at the terminal, one at a time, as they come up. */
export interface Asker {
  /** Resolves when no question is open; true when one was answered since the last call. */
  idle(): Promise<boolean>
  close(): void
}

interface AskerDeps {
  orchestrator: Orchestrator
  sessionId: string
  screen: Screen
  progress: Progress
  signal: AbortSignal
}

export function createAsker(deps: AskerDeps): Asker {
  const { orchestrator, sessionId } = deps
  // What was declined to answer (an empty line) is not asked again in this run.
  const left = new Set<string>()
  let answered = false
  let asking: Promise<void> = Promise.resolve()

  const askAll = async () => {
    for (;;) {
      const next = orchestrator.approvals(sessionId).find(({ id }) => !left.has(id))
      if (!next || deps.signal.aborted) return
      left.add(next.id)
      answered = (await ask(deps, next)) || answered
    }
  }
  const enqueue = () => {
    asking = asking.then(askAll)
  }
  const stop = orchestrator.events.subscribe((event) => {
    if (event.type === 'approval.requested' && event.sessionId === sessionId) enqueue()
  })
  enqueue()
  return {
    async idle() {
      await asking
      const was = answered
      answered = false
      return was
    },
    close: stop,
  }
}

async function ask(deps: AskerDeps, approval: Approval): Promise<boolean> {
  const { screen, progress, orchestrator, signal } = deps
  progress.pause()
  try {
    screen.line(oneLine(approval.question))
    const answer = await screen.ask('Allow it? [y]es, [n]o, Enter decides later: ', signal)
    const decision = decisionOf(answer)
    if (!decision) return false
    const decided = await orchestrator.decide(approval.id, { decision })
    if (!decided.ok) explain(screen, decided.error)
    return decided.ok
  } catch (error) {
    // Ctrl-C while a question stands: the question stays open.
    if (signal.aborted) return false
    throw error
  } finally {
    progress.resume()
  }
}

function decisionOf(answer: string): 'allow' | 'deny' | undefined {
  const word = answer.trim().toLowerCase()
  if (word === 'y' || word === 'yes') return 'allow'
  return word === 'n' || word === 'no' ? 'deny' : undefined
}
