import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createAgents, createRunner, type RunHandle } from '../../../src-main/agents/index.ts'
import { silentLog, systemClock } from '../../../src-main/base/index.ts'
import { configSchema } from '../../../src-shared/contract/index.ts'
import { openScene, terminalsOf } from './scene.ts'

export interface StartedRun {
  run: string
  handle: RunHandle
}

/** The real runner behind the real gateway; `agents` is what a configuration says of them. */
export interface Stage {
  port: number
  token: string
  /** Resolves when its process has started. */
  start(agent: string, options?: { isInteractive: boolean }): Promise<StartedRun>
  close(): Promise<void>
}

const SIZE = { cols: 120, rows: 40 }
const TIMEOUT_MS = 600_000

export async function openStage(dir: string, agents: Record<string, object>): Promise<Stage> {
  const known = createAgents({
    config: configSchema.parse({ agents }),
    resourcesDir: join(import.meta.dirname, '../../../resources'),
    log: silentLog,
  })
  const adopt = (path: string) => {
    rmSync(path)
    return Promise.resolve('')
  }
  const runner = createRunner({
    agents: known,
    dir,
    artifacts: { adopt },
    clock: systemClock,
    log: silentLog,
  })
  const numbers = new Map<string, number>()
  const scene = await openScene({
    terminals: terminalsOf(runner, (run) => numbers.get(run) ?? 0),
  })
  return {
    port: scene.port,
    token: scene.token,
    async start(agent, { isInteractive } = { isInteractive: false }) {
      const run = randomUUID()
      numbers.set(run, numbers.size + 1)
      // A run ends who is left in its folder: each has its own.
      const worktree = join(dir, `worktree-${run}`)
      mkdirSync(worktree)
      const started = Promise.withResolvers<unknown>()
      const handle = runner.start(
        {
          runId: run,
          agent,
          worktree,
          prompt: '',
          timeoutMs: TIMEOUT_MS,
          ...(isInteractive ? { interactive: SIZE } : {}),
        },
        { started: started.resolve, item: () => undefined, session: () => undefined },
      )
      await started.promise
      return { run, handle }
    },
    async close() {
      await scene.close()
      await runner.close()
      known.close()
    },
  }
}
