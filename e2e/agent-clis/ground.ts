import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'
import {
  type Agents,
  createAgents,
  createRunner,
  type PermissionQuestion,
  type Runner,
  type RunRequest,
} from '../../src-main/agents/index.ts'
import { silentLog, systemClock } from '../../src-main/base/index.ts'
import { configSchema, type OutputItem } from '../../src-shared/contract/index.ts'
import { type ModelScript, type ModelService, startModelService } from '../model-service/index.ts'
import type { AgentFragment, FragmentInput } from './fragment.ts'
import { type AgentClis, installAgentClis, type Vintage } from './install.ts'

/** Which real CLI works on a ground, and what its model answers. */
export interface GroundInput {
  agent: keyof AgentClis
  fragment: (given: FragmentInput) => AgentFragment
  scripts: readonly ModelScript[]
  vintage?: Vintage
  /** Further settings of the agent. */
  settings?: object
}

/** One real CLI behind its adapter and the real runner, a worktree, and a scripted model. */
export interface Ground {
  readonly agent: keyof AgentClis
  readonly dir: string
  readonly worktree: string
  readonly service: ModelService
  readonly agents: Agents
  readonly runner: Runner
  /** Starts a run of the agent in the worktree. */
  start(
    runId: string,
    prompt: string,
    more?: Partial<RunRequest> & { asked?: (question: PermissionQuestion) => void },
  ): GroundRun
  /** What a file of the worktree holds; nothing while there is none. */
  read(name: string): string | undefined
  /** What a run printed, from an artifact's hash. */
  artifact(hash: string): string
}
export type GroundRun = ReturnType<Runner['start']> & {
  items: OutputItem[]
  /** Of the CLI itself, which leads a process group. */
  started: Promise<number>
}

/** A ground for the tests of one file; nothing is left of it afterwards. */
export function useGround(input: GroundInput): Ground {
  const ground = {} as { -readonly [K in keyof Ground]: Ground[K] }
  beforeAll(async () => {
    Object.assign(ground, await createGround(input))
  })
  afterAll(async () => {
    await ground.runner.close()
    await ground.service.close()
    expect(readdirSync(join(ground.dir, 'runs'))).toEqual([])
    rmSync(ground.dir, { recursive: true, maxRetries: 5 })
  })
  return ground
}

async function createGround(input: GroundInput): Promise<Ground> {
  const { agent, fragment, scripts, vintage, settings } = input
  const dir = mkdtempSync(join(tmpdir(), `thalogos-${agent}-`))
  const worktree = join(dir, 'work tree ü')
  const home = join(dir, 'home')
  mkdirSync(home)
  mkdirSync(join(dir, 'artifacts'))
  execFileSync('git', ['init', '-q', worktree])
  const service = await startModelService(scripts)
  const command = (await installAgentClis(vintage))[agent]
  const configured = { ...fragment({ command, service: service.url, home }), ...settings }
  const agents = createAgents({
    config: configSchema.parse({ agents: { [agent]: configured } }),
    resourcesDir: join(import.meta.dirname, '../../resources'),
    log: silentLog,
  })
  const runner = openRunner(dir, agents)
  return {
    ...{ agent, dir, worktree, service, agents, runner },
    start(runId, prompt, { asked, ...more } = {}) {
      const items: OutputItem[] = []
      const started = Promise.withResolvers<number>()
      const request = { runId, agent, worktree, prompt, timeoutMs: 120_000, ...more }
      const handle = runner.start(request, {
        started: started.resolve,
        item: (item) => items.push(item),
        session: () => undefined,
        ...(asked === undefined ? {} : { asked }),
      })
      return { ...handle, items, started: started.promise }
    },
    read: (name) => contentOf(join(worktree, name)),
    artifact: (hash) => readFileSync(join(dir, 'artifacts', hash), 'utf8'),
  }
}

function openRunner(dir: string, agents: Agents): Runner {
  const adopt = (path: string) => {
    const hash = `${readdirSync(join(dir, 'artifacts')).length}`
    renameSync(path, join(dir, 'artifacts', hash))
    return Promise.resolve(hash)
  }
  return createRunner({ agents, dir, artifacts: { adopt }, clock: systemClock, log: silentLog })
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Until `holds`, or until the wait is over and the test is about to fail. */
export async function until(holds: () => boolean): Promise<void> {
  const giveUp = Date.now() + 60_000
  while (Date.now() < giveUp && !holds()) await sleep(20)
}
