import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { PlanInput, StoredEvent } from '../../src-shared/contract/index.ts'
import { codexFragment } from '../agent-clis/codex-config.ts'
import { installAgentClis } from '../agent-clis/install.ts'
import { type ModelScript, type ModelService, startModelService } from '../model-service/index.ts'
import { kill, processesOf } from './processes.ts'
import { type Ended, makeReady, type RunningProgram, runProgram, startProgram } from './program.ts'
import { createLivedInRepository, type UserRepository } from './repository.ts'

/** The key in the agent's environment; it must show up nowhere. */
export const KEY = 'scripted-key-1f4c9a'

/** A user with a repository, a configuration with the real Codex CLI, and a scripted model behind it. */
export interface Stage {
  /** Holds all that the story makes; in its name a space and a letter beyond ASCII. */
  dir: string
  home: string
  data: string
  repository: UserRepository & { hookTrace: string }
  service: ModelService
  /** `run` on the repository with Codex; `more` are further arguments, the goal among them. */
  run(...more: string[]): Promise<Ended>
  start(...more: string[]): RunningProgram
  /** Writes a plan file; all its tasks are Codex's. */
  plan(tasks: PlanInput['tasks']): string
  /** What the data folder holds under an artifact's hash. */
  artifact(hash: string): string
  /** What the database holds, asked with SQL. */
  stored(query: string): Record<string, unknown>[]
  close(): Promise<void>
}

export async function createStage(scripts: readonly ModelScript[]): Promise<Stage> {
  const { codex } = await installAgentClis()
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'thalogos e2e ü ')))
  const home = join(dir, 'home')
  const data = join(dir, 'data')
  mkdirSync(home)
  await makeReady(home)
  const repository = createLivedInRepository(home, join(dir, 'Projekt Größe'))
  const service = await startModelService(scripts)
  const fragment = codexFragment({ command: codex, service: service.url, home, key: KEY })
  const config = join(dir, 'config.json')
  const agents = { codex: { ...fragment, maxConcurrent: 4 } }
  writeFileSync(config, JSON.stringify({ agents }))
  const base = ['run', '--repo', repository.dir, '--config', config, '--data', data]
  return {
    dir,
    home,
    data,
    repository,
    service,
    run: (...more) => runProgram([...base, ...more], { home }),
    start: (...more) => startProgram([...base, ...more], { home }),
    plan(tasks) {
      const path = join(dir, 'plan of the user.json')
      const named = tasks.map((task) => ({ agent: 'codex', ...task }))
      writeFileSync(path, JSON.stringify({ tasks: named }))
      return path
    },
    artifact: (hash) =>
      readFileSync(join(data, 'artifacts', hash.slice(0, 2), hash.slice(2)), 'utf8'),
    stored: (query) => ask(join(data, 'thalogos.db'), query),
    async close() {
      // Only after a story that failed is there anything to end.
      kill(processesOf(dir))
      await service.close()
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function ask(file: string, query: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database.prepare(query).all()
  } finally {
    database.close()
  }
}

/** The numbers of all stored events. */
export const storedNumbers = (stage: Stage): number[] =>
  stage.stored('SELECT seq FROM events ORDER BY seq').map(({ seq }) => Number(seq))

/** `1, 2, 3, …`: what numbers without a gap are. */
export const countTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1)

type EventOf<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>

/** What `--json` printed: every line is one event. */
export function readEvents(stdout: string) {
  const all = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StoredEvent)
  return {
    all,
    of: <T extends StoredEvent['type']>(type: T): EventOf<T>[] =>
      all.filter((event): event is EventOf<T> => event.type === type),
  }
}
