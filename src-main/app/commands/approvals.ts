import type { Approval } from '../../../src-shared/contract/index.ts'
import type { EventHub } from '../client/event-hub.ts'
import type { Orchestrator } from '../client/orchestrator-client.ts'
import type { Progress } from '../terminal/progress.ts'
import { questionLines } from '../terminal/question-view.ts'
import type { Screen } from '../terminal/screen.ts'
import { explain } from './context.ts'

/** Puts questions to the person at the terminal, one at a time, as they come up. */
export interface Asker {
  /** Resolves when no question is open; true when one was answered since the last call. */
  idle(): Promise<boolean>
  close(): void
}

interface AskDeps {
  orchestrator: Orchestrator
  hub: EventHub
  screen: Screen
  signal: AbortSignal
}

interface AskerDeps extends AskDeps {
  session: string
  progress: Progress
}

export function createAsker(deps: AskerDeps): Asker {
  const { orchestrator, hub, session, progress } = deps
  // What was declined to answer (an empty line) is not asked again in this run.
  const left = new Set<string>()
  let answered = false
  let asking: Promise<void> = Promise.resolve()

  const askAll = async () => {
    for (;;) {
      const open = await orchestrator.operations.listApprovals({ session })
      const next = open.ok ? open.value.find(({ id }) => !left.has(id)) : undefined
      if (!next || deps.signal.aborted) return
      left.add(next.id)
      progress.pause()
      const state = await askAbout(deps, next).finally(progress.resume)
      answered = state !== undefined || answered
    }
  }
  const enqueue = () => {
    asking = asking.then(askAll)
  }
  const stop = hub.listen((event) => {
    if (event.type === 'approval.requested' && event.sessionId === session) enqueue()
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

type State = Approval['state']

/** Asks one question. How it was answered, here or elsewhere; undefined while it stays open. */
export async function askAbout(deps: AskDeps, approval: Approval): Promise<State | undefined> {
  const { screen, hub, signal } = deps
  const elsewhere = new AbortController()
  const stop = hub.listen((event) => {
    if (event.type !== 'approval.decided' || event.data.approval.id !== approval.id) return
    elsewhere.abort(event.data.approval.state)
  })
  try {
    for (const line of questionLines(approval)) screen.line(line)
    const answer = await answerOf(screen, approval, AbortSignal.any([signal, elsewhere.signal]))
    stop()
    return answer && (await decide(deps, approval, answer))
  } catch (error) {
    // Ctrl-C while a question stands: the question stays open.
    if (signal.aborted) return undefined
    if (!elsewhere.signal.aborted) throw error
    const state = elsewhere.signal.reason as State
    screen.line('')
    screen.line(state === 'withdrawn' ? 'It is asked no more.' : `Answered elsewhere: ${state}.`)
    return state
  } finally {
    stop()
  }
}

async function decide(
  { orchestrator, screen }: AskDeps,
  { id }: Approval,
  answer: Answer,
): Promise<State | undefined> {
  const decided = await orchestrator.operations.decideApproval({ approval: id, ...answer })
  if (decided.ok) return decided.value.state
  explain(screen, decided.error)
  return undefined
}

interface Answer {
  decision: 'allow' | 'allow_session' | 'deny'
  note?: string
}

async function answerOf(
  screen: Screen,
  { kind, options }: Approval,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const hasSession = options.includes('allow_session')
  const yes = hasSession ? '[y]es once, [s] for this session' : '[y]es'
  const decision = decisionOf(
    await screen.ask(`Allow it? ${yes}, [n]o, Enter decides later: `, signal),
    hasSession,
  )
  if (decision !== 'deny' || kind !== 'permission') return decision && { decision }
  const note = (await screen.ask('A word to the agent about it (Enter: none): ', signal)).trim()
  return { decision, ...(note === '' ? {} : { note }) }
}

function decisionOf(answer: string, hasSession: boolean): Answer['decision'] | undefined {
  const word = answer.trim().toLowerCase()
  if (word === 'y' || word === 'yes') return 'allow'
  if (hasSession && word === 's') return 'allow_session'
  return word === 'n' || word === 'no' ? 'deny' : undefined
}
