import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, createTurns, endMarked, type Log } from '../base/index.ts'
import type { PermissionAnswer } from './adapter.ts'
import type { Agents } from './agents.ts'
import { CLOSING_MS, GRACE_MS } from './run/escalation.ts'
import { type Run, startRun } from './run/run.ts'
import { runFiles, salvageFiles } from './run/run-files.ts'
import type { RunHealth } from './run/run-health.ts'
import { createRunOutput, type RunOutput } from './run/run-output.ts'
import type { RunEnd, RunRequest, RunSink } from './run-request.ts'

export interface RunHandle {
  /** Never rejects: what goes wrong is the run's outcome. */
  done: Promise<RunEnd>
  /** Ends it: SIGINT, SIGTERM, SIGKILL, then all that carries its marker. May be called at any time. */
  cancel(why: 'cancelled' | 'interrupted'): void
  /** A person's answer to one of its questions; nothing happens for one that is not open. */
  answer(question: string, answer: PermissionAnswer): void
  /** A person is asked by another way, as through our tools: its time stands still until `false`. */
  hold(isHeld: boolean): void
  /** Opened for a person at a terminal. */
  readonly isInteractive: boolean
  /** Only of an interactive run, else nothing happens: types, whole and in order. */
  write(data: string): void
  /** Only of an interactive run: the size of its terminal in cells. */
  resize(cols: number, rows: number): void
  /** Only of an interactive run: types what leaves it; when that is not enough it is ended. */
  leave(): void
}

/** What an earlier process of ours left of a run. */
export interface Remains {
  runId: string
  /** Processes that were still running and were ended. */
  leftovers: number
  raw: string
  transcript: string
}

export interface Runner {
  /** Starts a run; with the `runId` of one that is under way, gives that one and starts nothing. */
  start(request: RunRequest, sink: RunSink): RunHandle
  /** A run that is under way. */
  find(runId: string): RunHandle | undefined
  /** What runs print, for those who watch. */
  readonly output: RunOutput
  /** All that are under way, and when each last printed. It informs; nothing is ended for being silent. */
  alive(): RunHealth[]
  /**
   * For the start, before any run: ends what is left of runs that an earlier process did not see end,
   * and keeps what they printed. Beside those found in the data folder, `runIds` are looked for.
   */
  recover(runIds: readonly string[]): Promise<Remains[]>
  /** Interrupts all runs and waits for their ends. */
  close(): Promise<void>
}

/**
 * Runs agents on terminals, or on pipes where they speak a protocol. `dir` is the data folder; each run
 * has `runs/<runId>/` in it while it lasts. For tests: `graceMs` is what each step of an ending is given,
 * `closingMs` how long an agent may stay after its closing event, `keptMs` how long its output can be
 * opened after its end.
 */
export function createRunner(deps: {
  agents: Agents
  dir: string
  artifacts: { adopt(path: string): Promise<string> }
  clock: Clock
  log: Log
  graceMs?: number
  closingMs?: number
  keptMs?: number
}): Runner {
  const runs = new Map<string, Known>()
  const output = createRunOutput(deps.keptMs)
  const turns = createTurns()
  const home = join(deps.dir, 'runs')
  const filesOf = (runId: string) => runFiles(join(home, runId))

  const begin = (request: RunRequest, sink: RunSink): Known => {
    const { runId } = request
    if (!RUN_ID.test(runId)) throw new Error(`not a run id: ${runId}`)
    const times = { graceMs: deps.graceMs ?? GRACE_MS, closingMs: deps.closingMs ?? CLOSING_MS }
    const run = startRun({ ...deps, ...times, turns }, request, { sink, files: filesOf(runId) })
    const done = run.done.finally(() => runs.delete(runId))
    const known = { run, handle: handleOf(run, done, request.interactive !== undefined) }
    runs.set(runId, known)
    output.add(runId, run.logs, done)
    return known
  }
  return {
    start(request, sink) {
      return (runs.get(request.runId) ?? begin(request, sink)).handle
    },
    find: (runId) => runs.get(runId)?.handle,
    output,
    alive: () => [...runs.values()].map(({ run }) => run.health()),
    async recover(runIds) {
      const left = await readdir(home).catch(noFolder)
      const ids = [...new Set([...left, ...runIds])].filter((id) => RUN_ID.test(id))
      return Promise.all(
        ids.map(async (runId) => {
          const { ended } = await endMarked(runId)
          return {
            runId,
            leftovers: ended,
            ...(await salvageFiles(filesOf(runId), deps.artifacts)),
          }
        }),
      )
    },
    async close() {
      const open = [...runs.values()]
      for (const { run } of open) run.stop('interrupted')
      await Promise.all(open.map(({ handle }) => handle.done))
      await output.close()
    },
  }
}

interface Known {
  run: Run
  handle: RunHandle
}

const handleOf = (
  { stop, tell }: Run,
  done: Promise<RunEnd>,
  isInteractive: boolean,
): RunHandle => ({
  done,
  cancel: stop,
  answer: (question, answer) => tell((live) => live.answer(question, answer)),
  hold: (isHeld) => tell((live) => live.hold(isHeld)),
  isInteractive,
  write: (data) => tell((live) => live.write(data)),
  resize: (cols, rows) => tell((live) => live.resize(cols, rows)),
  leave: () => tell((live) => live.leave()),
})

// It becomes a folder and a marker: letters, digits and hyphens are safe as both.
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/

const noFolder = (error: NodeJS.ErrnoException): string[] => {
  if (error.code === 'ENOENT') return []
  throw error
}
