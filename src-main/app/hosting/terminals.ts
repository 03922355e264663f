import { openLog, type Runner } from '../../agents/index.ts'
import { fail, ok } from '../../base/index.ts'
import type { ByteSource, GatewayDeps, TerminalSource, Terminals } from '../../gateway/index.ts'
import type { Artifacts, Tables } from '../../storage/index.ts'

interface TerminalDeps {
  runner: Pick<Runner, 'find' | 'output'>
  read: Pick<Tables, 'runs'>
  artifacts: Pick<Artifacts, 'path'>
}

/** What runs print, live or kept, and the keyboard of those that a person took over. */
export function createTerminals({ runner, read, artifacts }: TerminalDeps): Terminals {
  const live = (runId: string) => {
    const handle = runner.find(runId)
    return handle?.isInteractive
      ? ok(handle)
      : fail('run_not_live', `the run ${runId} is not one that a person works in`)
  }
  const toRun = (runId: string, act: (handle: NonNullable<ReturnType<Runner['find']>>) => void) => {
    const found = live(runId)
    if (!found.ok) return found
    act(found.value)
    return ok(undefined)
  }
  return {
    async open(runId, view) {
      if (!read.runs.get(runId)) return fail('not_found', `there is no run ${runId}`)
      const growing = await runner.output.open(runId, view)
      // Read only now: it may have ended meanwhile, and then its row names its artifacts.
      const run = read.runs.get(runId)
      if (!run) return fail('not_found', `there is no run ${runId}`)
      if (growing) return ok({ ...growing, n: run.n, live: run.state !== 'ended' })
      const hash = view === 'raw' ? run.raw : run.transcript
      const kept = hash ? await openLog(artifacts.path(hash)) : undefined
      return ok({ ...(kept ?? nothing()), n: run.n, live: false })
    },
    input: (runId, data) => toRun(runId, (handle) => handle.write(data)),
    resize: (runId, cols, rows) => toRun(runId, (handle) => handle.resize(cols, rows)),
  }
}

/** A run that could not print anything. */
const nothing = (): Omit<TerminalSource, 'n' | 'live'> => ({
  size: () => 0,
  read: () => Promise.resolve(Buffer.alloc(0)),
  onGrow: () => () => undefined,
  ended: Promise.resolve(),
  close: () => undefined,
})

/** Artifacts as the gateway hands them out. */
export const createArtifactSource = ({
  path,
}: Pick<Artifacts, 'path'>): GatewayDeps['artifacts'] => ({
  async open(hash) {
    const log = await openLog(path(hash))
    if (!log) return undefined
    const source: ByteSource = {
      size: log.size(),
      read: log.read,
      close() {
        log.close()
        return Promise.resolve()
      },
    }
    return source
  },
})
