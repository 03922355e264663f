import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'
import type { Approval, Session, Task } from '../../src-shared/contract/index.ts'
import { claudeFragment } from '../agent-clis/claude-config.ts'
import { codexFragment } from '../agent-clis/codex-config.ts'
import { GEMINI_MODEL, geminiFragment } from '../agent-clis/gemini-config.ts'
import { installAgentClis } from '../agent-clis/install.ts'
import { type ModelScript, type ModelService, startModelService } from '../model-service/index.ts'
import { type Api, type Stream, serveProgram } from './api.ts'
import { kill, processesOf } from './processes.ts'
import { makeReady, type RunningProgram } from './program.ts'
import { createLivedInRepository, type UserRepository } from './repository.ts'

export const CLIS = ['codex', 'claude', 'gemini'] as const
export type Cli = (typeof CLIS)[number]

/** The key in the environments of the CLIs; it must show up nowhere. */
export const KEY = 'scripted-key-1f4c9a'

/** A user with a repository, and the program that serves three real CLIs to clients of the public API. */
export interface ThreeClis {
  readonly dir: string
  readonly repository: UserRepository
  /** One service a CLI, so that one of them can refuse its key. */
  readonly services: Readonly<Record<Cli, ModelService>>
  readonly api: Api
  readonly stream: Stream
  /** Waits until nothing can go on without a human, and nothing is asked of one. */
  rest(sessionId: string): Promise<Session>
  /** Allows whatever is asked in a session from now on. */
  allowAll(sessionId: string): void
  /** The last events of a session, for the message of a test that fails. */
  happened(sessionId: string): string
}

/** The same for all stories of a file; nothing is left of it afterwards. `scripts`: what each model does, alone. */
export function useThreeClis(scripts: Readonly<Record<Cli, readonly ModelScript[]>>): ThreeClis {
  const ground = {} as { -readonly [K in keyof ThreeClis]: ThreeClis[K] }
  let program: RunningProgram | undefined
  let close: (() => void) | undefined
  beforeAll(async () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'thalogos e2e ü ')))
    const home = join(dir, 'home')
    mkdirSync(home)
    await makeReady(home)
    const services = {
      codex: await startModelService(scripts.codex),
      claude: await startModelService(scripts.claude),
      gemini: await startModelService(scripts.gemini),
    }
    const repository = createLivedInRepository(home, join(dir, 'Projekt'))
    Object.assign(ground, { dir, repository, services })
    const served = await serveProgram(await configure(ground, home), home)
    program = served.program
    const stream = await served.api.stream()
    const ways = waysToWait(served.api, stream)
    close = ways.close
    Object.assign(ground, { api: served.api, stream, ...ways })
  })
  afterAll(async () => {
    close?.()
    ground.stream?.close()
    program?.send('SIGINT')
    await program?.done
    const left = processesOf(ground.dir)
    kill(left)
    await Promise.all(Object.values(ground.services).map((service) => service.close()))
    rmSync(ground.dir, { recursive: true, force: true, maxRetries: 5 })
    expect(left).toEqual([])
  })
  return ground
}

/** The arguments of `serve`. */
async function configure(
  { dir, services }: Pick<ThreeClis, 'dir' | 'services'>,
  home: string,
): Promise<string[]> {
  const clis = await installAgentClis()
  const given = (cli: Cli) => ({ command: clis[cli], service: services[cli].url, home, key: KEY })
  const agents = {
    codex: codexFragment(given('codex')),
    claude: { ...claudeFragment(given('claude')), permissions: 'ask' },
    gemini: { ...geminiFragment(given('gemini')), model: GEMINI_MODEL },
  }
  const config = join(dir, 'config.json')
  writeFileSync(config, JSON.stringify({ agents }))
  return ['--config', config, '--data', join(dir, 'data')]
}

// Shorter than the test that waits, so that it can say what it waited for.
const REST_MS = 150_000
const LOOK_MS = 200
// Enough to see what went wrong, in a message that is still read.
const MAX_EVENTS = 12
const MAX_CHARS = 400

function waysToWait(
  api: Api,
  stream: Stream,
): Pick<ThreeClis, 'rest' | 'allowAll' | 'happened'> & { close(): void } {
  const timers: NodeJS.Timeout[] = []
  const askedIn = (id: string) => api.get<Approval[]>(`/api/approvals?session=${id}`)
  const happened = (id: string) =>
    stream.events
      .filter((event) => event.sessionId === id)
      .slice(-MAX_EVENTS)
      .map(({ type, data }) => `${type} ${JSON.stringify(data).slice(0, MAX_CHARS)}`)
      .join('\n')
  return {
    async rest(id) {
      const giveUp = Date.now() + REST_MS
      while (Date.now() < giveUp) {
        const session = await api.get<Session>(`/api/sessions/${id}`)
        if (session.state === 'awaiting_review' && (await askedIn(id)).length === 0) return session
        await sleep(LOOK_MS)
      }
      throw new Error(`session ${id} never came to rest; what happened:\n${happened(id)}`)
    },
    allowAll(id) {
      const allow = async () => {
        for (const one of await askedIn(id)) {
          await api.send('POST', `/api/approvals/${one.id}`, { decision: 'allow' })
        }
      }
      timers.push(setInterval(() => void allow(), LOOK_MS))
    },
    happened,
    close: () => timers.forEach(clearInterval),
  }
}

export const taskOf = (session: Session, key: string): Task | undefined =>
  session.tasks.find((task) => task.key === key)
