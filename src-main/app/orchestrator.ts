import type { ErrorCode, Session } from '../../src-shared/contract/index.ts'
import { type Failure, ok, type Result } from '../base/index.ts'
import { type BootOptions, boot, type Parts } from './boot.ts'
import type { Orchestrator } from './orchestrator-port.ts'

/** Boots the orchestrator and shows it as the commands know it. */
export async function openOrchestrator(
  options: BootOptions,
): Promise<Result<Orchestrator, Failure<ErrorCode>>> {
  const parts = await boot(options)
  return parts.ok ? ok(asOrchestrator(parts.value)) : parts
}

function asOrchestrator(parts: Parts): Orchestrator {
  const { events, sessions, tasks } = parts
  const view = (sessionId: string): Session => {
    const session = sessions.get(sessionId)
    if (!session) throw new Error(`no session ${sessionId}`)
    return session
  }

  return {
    events,
    damage: () => parts.storage.damage(),
    openSession: (request) => sessions.open(request),
    async start(sessionId) {
      const started = await sessions.start(sessionId)
      return started.ok ? ok(view(sessionId)) : started
    },
    settled: (sessionId) => settled(parts, sessionId).then(() => view(sessionId)),
    save: (sessionId, request) => sessions.save({ sessionId, ...request }),
    retry(taskId) {
      const retried = tasks.retry(taskId)
      return retried.ok ? ok(view(retried.value.sessionId)) : retried
    },
    approvals: (sessionId) => events.read.approvals.open(sessionId),
    decide: (approvalId, answer) => Promise.resolve(tasks.decide(approvalId, answer)),
    lineage: (sessionId) => sessions.lineage(sessionId),
    session: (id) => sessions.get(id),
    sessions: () => sessions.list(),
    async interrupt() {
      let snapshots = 0
      const stop = events.subscribe(({ type }) => {
        if (type === 'snapshot.taken') snapshots += 1
      })
      await sessions.interrupt()
      stop()
      return { snapshots }
    },
    close: () => parts.close(),
  }
}

/** Resolves when the session is in a state in which it does nothing by itself. */
function settled({ events }: Parts, sessionId: string): Promise<void> {
  const rests = () => events.read.sessions.get(sessionId)?.state !== 'active'
  return new Promise((resolve) => {
    const stop = events.subscribe((event) => {
      if (event.sessionId === sessionId && event.type === 'session.state_changed' && rests()) {
        stop()
        resolve()
      }
    })
    if (rests()) {
      stop()
      resolve()
    }
  })
}
