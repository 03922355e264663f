import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErrorCode, Session } from '../../src-shared/contract/index.ts'
import { type Failure, ok, type Result } from '../base/index.ts'
import { type BootOptions, boot, type Parts } from './boot.ts'
import type { DoctorReport, Orchestrator } from './orchestrator-port.ts'

/** Boots the orchestrator and shows it as the commands know it. */
export async function openOrchestrator(
  options: BootOptions,
): Promise<Result<Orchestrator, Failure<ErrorCode>>> {
  const parts = await boot(options)
  return parts.ok ? ok(asOrchestrator(parts.value, options)) : parts
}

function asOrchestrator(parts: Parts, { dataDir }: BootOptions): Orchestrator {
  const { events, sessions, tasks } = parts
  const view = (sessionId: string): Session => {
    const session = sessions.get(sessionId)
    if (!session) throw new Error(`no session ${sessionId}`)
    return session
  }

  return {
    events,
    doctor: () => examine(parts, dataDir),
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
      const before = events.read.snapshots.list({}).length
      await sessions.interrupt()
      return { snapshots: events.read.snapshots.list({}).length - before }
    },
    close: () => parts.close(),
  }
}

/** Resolves when the session is in a state in which it does nothing by itself. */
function settled({ events, sessions }: Parts, sessionId: string): Promise<void> {
  const rests = () => sessions.get(sessionId)?.state !== 'active'
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

async function examine({ git, storage, agents }: Parts, dir: string): Promise<DoctorReport> {
  return {
    git: { version: git.version, embedded: git.embedded },
    node: process.versions.node,
    sqlite: storage.sqliteVersion,
    data: { dir, bytes: await bytesBelow(dir) },
    agents: await agents.list({ refresh: true }),
  }
}

/** Sizes of all files below a folder; one that vanishes meanwhile counts nothing. */
async function bytesBelow(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(join(entry.parentPath, entry.name)).then(({ size }) => size, gone)),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

const gone = (error: NodeJS.ErrnoException): number => {
  if (error.code === 'ENOENT') return 0
  throw error
}
