import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Agents,
  createAgents,
  createRunner,
  type Runner,
} from '../../src-main/agents/index.ts'
import { endMarked, silentLog, systemClock } from '../../src-main/base/index.ts'
import { configSchema, type OutputItem } from '../../src-shared/contract/index.ts'
import { type ModelScript, type ModelService, startModelService } from '../model-service/index.ts'
import { codexFragment } from './codex-config.ts'
import { installAgentClis } from './install.ts'

const scripts: ModelScript[] = [
  { when: 'write it', steps: [{ run: 'echo new > file.txt' }, { say: 'written' }] },
  { when: 'wait', steps: [{ run: 'echo before > kept.txt; sleep 600' }, { say: 'never' }] },
  { when: 'go on', steps: [{ run: 'cat kept.txt > seen.txt' }, { say: 'went on' }] },
  { when: /^long/, steps: [{ say: 'read' }] },
  { when: 'leave one', steps: [{ run: 'setsid sleep 600 > /dev/null 2>&1 &' }, { say: 'left' }] },
]

let dir = ''
let worktree = ''
let service: ModelService
let agents: Agents
let runner: Runner
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-codex-'))
  worktree = join(dir, 'work tree ü')
  mkdirSync(join(dir, 'home'))
  mkdirSync(join(dir, 'artifacts'))
  execFileSync('git', ['init', '-q', worktree])
  service = await startModelService(scripts)
  const { codex } = await installAgentClis()
  const fragment = codexFragment({ command: codex, service: service.url, home: join(dir, 'home') })
  agents = createAgents({
    config: configSchema.parse({ agents: { codex: fragment } }),
    resourcesDir: join(import.meta.dirname, '../../resources'),
    log: silentLog,
  })
  const adopt = (path: string) => {
    const hash = `${readdirSync(join(dir, 'artifacts')).length}`
    renameSync(path, join(dir, 'artifacts', hash))
    return Promise.resolve(hash)
  }
  const deps = { agents, dir, artifacts: { adopt }, clock: systemClock, log: silentLog }
  runner = createRunner(deps)
})
afterAll(async () => {
  await runner.close()
  await service.close()
  expect(readdirSync(join(dir, 'runs'))).toEqual([])
  rmSync(dir, { recursive: true })
})

function start(runId: string, prompt: string, resume?: string) {
  const items: OutputItem[] = []
  const request = { runId, agent: 'codex', worktree, prompt, timeoutMs: 120_000 }
  const handle = runner.start(resume === undefined ? request : { ...request, resume }, {
    started: () => undefined,
    item: (item) => items.push(item),
    session: () => undefined,
  })
  return { ...handle, items }
}

describe('the real Codex', () => {
  it('is found, with its version', async () => {
    const [codex] = await agents.list()
    expect(codex).toMatchObject({ id: 'codex', available: true, version: '0.169.0' })
  })

  it('edits files in its sandbox and says how it went', async () => {
    const end = await start('edit', 'write it').done
    expect(end).toMatchObject({ outcome: 'succeeded', answer: 'written' })
    expect(end.usage).toEqual({ inputTokens: 240, outputTokens: 84, costUsd: 0 })
    expect(readFileSync(join(worktree, 'file.txt'), 'utf8')).toBe('new\n')
  })

  it('is interrupted in the middle of a command, leaves no process, and goes on afterwards', async () => {
    const run = start('wait', 'wait')
    while (!existsSync(join(worktree, 'kept.txt'))) await sleep(20)
    run.cancel('interrupted')
    const end = await run.done
    expect(end).toMatchObject({ outcome: 'interrupted', reason: { code: 'run_interrupted' } })
    expect(await endMarked('wait')).toEqual({ ended: 0, left: [] })

    const before = service.requests.length
    const again = await start('again', 'go on', end.cliSessionId).done
    expect(again).toMatchObject({
      outcome: 'succeeded',
      answer: 'went on',
      cliSessionId: end.cliSessionId,
    })
    expect(JSON.stringify(service.requests[before]?.body)).toContain('sleep 600')
    expect(readFileSync(join(worktree, 'seen.txt'), 'utf8')).toBe('before\n')
  })

  it('gets a prompt of 100 KB intact', async () => {
    const prompt = `long ${'0123456789äöü€😀\n'.repeat(5_000)}end`
    expect((await start('long', prompt).done).answer).toBe('read')
    expect(service.requests.some((request) => request.prompt === prompt)).toBe(true)
  })

  it('has what it left running ended', async () => {
    const end = await start('leave', 'leave one').done
    expect(end).toMatchObject({ outcome: 'succeeded', answer: 'left' })
    expect(await endMarked('leave')).toEqual({ ended: 0, left: [] })
  })

  it('asked nobody but the model service, and it only for answers', () => {
    const paths = new Set(service.requests.map((request) => request.path))
    expect([...paths].filter((path) => path !== '/v1/models')).toEqual(['/v1/responses'])
  })
})
