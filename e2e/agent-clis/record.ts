/**
 * Records what the agents really print on a terminal, for the tests of their parsers:
 * `node e2e/agent-clis/record.ts` writes src-main/agents/<agent>/recordings/* anew.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAgents, createRunner, type RunRequest } from '../../src-main/agents/index.ts'
import { silentLog, systemClock } from '../../src-main/base/index.ts'
import { configSchema } from '../../src-shared/contract/index.ts'
import { type ModelScript, planStep, startModelService } from '../model-service/index.ts'
import { codexFragment } from './codex-config.ts'
import { installAgentClis } from './install.ts'

const sources = join(import.meta.dirname, '../../src-main/agents')
const plan = { tasks: [{ title: 'One', prompt: 'Do it.' }] }
const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['tasks'],
  properties: { tasks: { type: 'array', items: { type: 'object' } } },
}

const scripts: ModelScript[] = [
  {
    when: 'edit',
    steps: [
      { run: 'echo hello > hello.txt' },
      { run: 'cat nope.txt' },
      {
        run: "apply_patch <<'PATCH'\n*** Begin Patch\n*** Update File: hello.txt\n@@\n-hello\n+hallo\n*** Add File: ä.txt\n+umlaut\n*** End Patch\nPATCH",
      },
      { run: "printf 'red \\033[31mtext\\033[0m\\n'; seq 1 200" },
      { say: 'I wrote hello.txt.' },
    ],
  },
  { when: 'go on', steps: [{ say: 'I went on.' }] },
  { when: 'no change', steps: [{ say: 'done' }] },
  { when: 'wrong key', steps: [{ fail: 401 }] },
  { when: 'too many', steps: [{ fail: 429 }] },
  { when: 'broken', steps: [{ fail: 500 }] },
  { when: 'plan', steps: [planStep(plan)] },
]

// A program of somebody's own, in both output forms of the custom agent.
const JSON_PROGRAM = `
echo 'starting up' >&2; cat >/dev/null; echo 'WARNING: not an event'
echo '{"type":"session","id":"s-1"}'
echo '{"type":"message","text":"working — ünïcode"}'
echo '{"type":"command","command":"make","state":"started"}'
echo '{"type":"command","command":"make","state":"ended","output":"ok","exitCode":0}'
echo '{"type":"heartbeat","n":1}'
echo '{"type":"tool","name":"search","text":"where"}'
echo '{"type":"usage","inputTokens":10,"outputTokens":2,"costUsd":0.5}'
echo '{"type":"result","ok":true,"answer":{"tasks":[]}}'`
const TEXT_PROGRAM = 'printf "thinking\\n\\033[1mdone\\033[0m\\n"; cat'

const REHEARSAL = [
  'Show it.\n```rehearsal\nSAY I write.\nWRITE a.txt <<END\none\nEND\nRUN cat a.txt b.txt\n```',
  '```rehearsal\nFAIL as it should\n```',
  'Goal:\nMake it.',
]

interface Folders {
  home: string
  worktree: string
}

type Play = Pick<RunRequest, 'prompt' | 'resume' | 'schema'> & { agent: string; name: string }

/** Runs one agent as the application does and keeps its bytes, with neutral paths and addresses. */
function createPlayer(config: object, folders: Folders, neutral: (text: string) => string) {
  const kept: string[] = []
  const runner = createRunner({
    agents: createAgents({
      config: configSchema.parse(config),
      resourcesDir: join(import.meta.dirname, '../../resources'),
      log: silentLog,
    }),
    dir: folders.home,
    artifacts: {
      adopt: (path) => {
        kept.push(neutral(readFileSync(path, 'utf8')))
        return Promise.resolve(path)
      },
    },
    clock: systemClock,
    log: silentLog,
  })
  const sink = { started: () => undefined, item: () => undefined, session: () => undefined }
  return async ({ agent, name, ...more }: Play) => {
    const runId = `${agent}-${name.replace(/\W/g, '-')}`
    const request = { runId, agent, worktree: folders.worktree, timeoutMs: 60_000, ...more }
    const end = await runner.start(request, sink).done
    const [raw = '', transcript = ''] = kept.splice(0)
    const folder = agent === 'custom-text' ? 'custom' : agent
    writeFileSync(join(sources, folder, 'recordings', name), raw)
    process.stdout.write(`${runId}: ${JSON.stringify(end)}\n${transcript}\n`)
    return end
  }
}

async function recordAll(play: ReturnType<typeof createPlayer>): Promise<void> {
  const codex = (name: string, more: Omit<Play, 'agent' | 'name'>) =>
    play({ agent: 'codex', name: `${name}.jsonl`, ...more })
  const first = await codex('edit', { prompt: 'edit' })
  await codex('resume', { prompt: 'go on', resume: first.cliSessionId ?? '' })
  await codex('no-change', { prompt: 'no change' })
  await codex('wrong-key', { prompt: 'wrong key' })
  await codex('rate-limited', { prompt: 'too many' })
  await codex('server-error', { prompt: 'broken' })
  await codex('plan', { prompt: 'plan', schema })
  const [edit = '', failure = '', goal = ''] = REHEARSAL
  await play({ agent: 'rehearsal', name: 'edit.jsonl', prompt: edit })
  await play({ agent: 'rehearsal', name: 'failure.jsonl', prompt: failure })
  await play({ agent: 'rehearsal', name: 'plan.jsonl', prompt: goal, schema })
  await play({ agent: 'custom', name: 'result.jsonl', prompt: 'go' })
  await play({ agent: 'custom-text', name: 'text.txt', prompt: 'the prompt' })
}

async function record(): Promise<void> {
  const folders: Folders = {
    home: mkdtempSync(join(tmpdir(), 'record-home-')),
    worktree: mkdtempSync(join(tmpdir(), 'record-work-')),
  }
  const service = await startModelService(scripts)
  try {
    execFileSync('git', ['init', '-q', folders.worktree])
    const { codex } = await installAgentClis()
    const shell = (line: string) => ({ command: '/bin/sh', args: ['-c', line] })
    const agents = {
      codex: codexFragment({ command: codex, service: service.url, home: folders.home }),
      rehearsal: {},
      custom: { ...shell(JSON_PROGRAM), output: 'json-lines' },
      'custom-text': shell(TEXT_PROGRAM),
    }
    const neutral = (text: string) =>
      text
        .replaceAll(folders.worktree, '/project/tree')
        .replaceAll(folders.home, '/home/dev')
        .replaceAll(service.url, 'http://127.0.0.1:4555')
    await recordAll(createPlayer({ agents }, folders, neutral))
  } finally {
    await service.close()
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true })
  }
}

await record()
