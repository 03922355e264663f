/**
 * Records what the agents really print, for the tests of their parsers:
 * `node e2e/agent-clis/record.ts [folder…]` writes src-main/agents/<folder>/recordings/* anew.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createAgents, createRunner } from '../../src-main/agents/index.ts'
import { silentLog, systemClock } from '../../src-main/base/index.ts'
import { configSchema } from '../../src-shared/contract/index.ts'
import { startModelService } from '../model-service/index.ts'
import { installAgentClis } from './install.ts'
import { claude } from './plays/claude.ts'
import { codex } from './plays/codex.ts'
import { custom } from './plays/custom.ts'
import { gemini } from './plays/gemini.ts'
import type { Play, Recorder } from './plays/play.ts'
import { rehearsal } from './plays/rehearsal.ts'

const plays: readonly Play[] = [codex, claude, gemini, rehearsal, custom]
const sources = join(import.meta.dirname, '../../src-main/agents')

interface Folders {
  home: string
  worktree: string
}

/** Runs one agent as the application does and keeps its bytes, with neutral paths and addresses. */
function createRecorder(
  { folder }: Play,
  agents: object,
  { folders, neutral }: { folders: Folders; neutral: (text: string) => string },
): Recorder {
  const kept: string[] = []
  const runner = createRunner({
    agents: createAgents({
      config: configSchema.parse({ agents }),
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
  return async (agent, name, { decision = 'deny', ...more }) => {
    const runId = `${agent}-${name.replace(/\W/g, '-')}`
    const request = { runId, agent, worktree: folders.worktree, timeoutMs: 60_000, ...more }
    const handle = runner.start(request, {
      ...{ started: () => undefined, item: () => undefined, session: () => undefined },
      asked: ({ id }) => handle.answer(id, { decision }),
    })
    const end = await handle.done
    const [raw = '', transcript = ''] = kept.splice(0)
    writeFileSync(join(sources, folder, 'recordings', name), raw)
    process.stdout.write(`${runId}: ${JSON.stringify(end)}\n${transcript}\n`)
    return end
  }
}

async function record(play: Play): Promise<void> {
  const folders: Folders = {
    home: mkdtempSync(join(tmpdir(), 'record-home-')),
    worktree: mkdtempSync(join(tmpdir(), 'record-work-')),
  }
  const service = await startModelService(play.scripts)
  try {
    execFileSync('git', ['init', '-q', folders.worktree])
    const given = { service: service.url, home: folders.home }
    const agents = play.agents(await installAgentClis(), given)
    const neutral = (text: string) =>
      text
        .replaceAll(folders.worktree, '/project/tree')
        .replaceAll(basename(folders.worktree), 'tree')
        .replaceAll(folders.home, '/home/dev')
        .replaceAll(new URL(service.url).host, '127.0.0.1:4555')
    await play.perform(createRecorder(play, agents, { folders, neutral }))
  } finally {
    await service.close()
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true })
  }
}

const wanted = process.argv.slice(2)
for (const play of plays) {
  if (wanted.length === 0 || wanted.includes(play.folder)) await record(play)
}
