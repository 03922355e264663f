import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { boot, type Parts } from '../../src-main/app/boot.ts'
import { createRedactor, silentLog } from '../../src-main/base/index.ts'
import { configSchema } from '../../src-shared/contract/index.ts'
import { root } from '../setup.mjs'
import { makeSampleRepository, samplePath, scratchFolder } from './sample-tree.ts'

const ROUNDS = 1
const AGENTS = 8
// Each says and writes something fifty times a second for four seconds: more than any model does.
const STEPS = 200
const PAUSE_MS = 20
// Node's own default: it sees what lasts longer than this, and is subtracted from what it measures.
const RESOLUTION_MS = 10
const MS_LIMIT = 20
const RATIO_LIMIT = 5
const CHILDREN_LIMIT = availableParallelism() + 2

/**
 * Measure 13: by how much the main loop is late at its 99th percentile while eight agents print and edit in one
 * orchestrator, from their worktrees to their integration, against the same orchestrator idle.
 */
export const bench = {
  id: '13',
  name: `main loop, ${AGENTS} agents: the worst of p99 / ${RATIO_LIMIT} × idle, / ${MS_LIMIT} ms, git children / (cores + 2)`,
  target: { max: 1 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const dir = scratchFolder()
    const repo = makeSampleRepository(dir)
    const booted = await boot({
      dataDir: join(dir, 'data'),
      config: configSchema.parse({
        agents: {
          rehearsal: { maxConcurrent: AGENTS },
          codex: { enabled: false },
          claude: { enabled: false },
          gemini: { enabled: false },
        },
        limits: { concurrentRuns: AGENTS },
      }),
      resourcesDir: join(root, 'resources'),
      log: silentLog,
      redactor: createRedactor(),
    })
    if (!booted.ok) throw new Error(booted.error.message)
    const parts = booted.value
    try {
      const rounds = []
      for (let n = 0; n < ROUNDS; n += 1) {
        const busy = await measure(() => work(parts, repo, n))
        const idle = await measure(() => sleep(busy.ms))
        rounds.push({ busy, idle })
        process.stderr.write(`${JSON.stringify(rounds.at(-1))}\n`)
      }
      return summary(rounds)
    } finally {
      await parts.close()
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

interface Measured {
  ms: number
  p99: number
  max: number
  children: number
}

/** How late the loop is while `act` lasts, and how many git processes of ours there are at once. */
async function measure(act: () => Promise<unknown>): Promise<Measured> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  const began = performance.now()
  let children = 0
  const counter = setInterval(() => {
    children = Math.max(children, gitChildren())
  }, 50)
  histogram.enable()
  await act()
  histogram.disable()
  clearInterval(counter)
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
  return {
    ms: performance.now() - began,
    p99: late(histogram.percentile(99)),
    max: late(histogram.max),
    children,
  }
}

/** Children of this process by their names, which stand in /proc; elsewhere 0. */
function gitChildren(): number {
  if (process.platform !== 'linux') return 0
  const pids = readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'latin1').split(' ').filter(Boolean),
  )
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'latin1').startsWith('git')
    } catch {
      // It ended meanwhile.
      return false
    }
  }).length
}

/** One session of eight tasks to its rest. */
async function work({ sessions, events }: Parts, repo: string, round: number): Promise<void> {
  const tasks = Array.from({ length: AGENTS }, (_, agent) => ({
    id: `t${agent}`,
    title: `Agent ${agent}`,
    prompt: script(agent, round),
    agent: 'rehearsal',
  }))
  const opened = await sessions.open({
    repo,
    goal: `Round ${round}`,
    plan: { tasks },
    trust: false,
  })
  if (!opened.ok) throw new Error(opened.error.message)
  const { id } = opened.value.session
  const rests = new Promise<void>((resolve) => {
    const stop = events.subscribe((event) => {
      if (event.type !== 'session.state_changed' || event.data.to === 'active') return
      stop()
      resolve()
    })
  })
  await sessions.start(id)
  await rests
  const left = sessions.get(id)?.tasks.filter(({ state }) => state !== 'integrated') ?? []
  if (left.length > 0) throw new Error(`not integrated: ${JSON.stringify(left[0]?.reason)}`)
}

function script(agent: number, round: number): string {
  const file = samplePath(agent * 100 + round * 20)
  const steps = Array.from({ length: STEPS }, (_, step) =>
    [
      `SAY Step ${step} of round ${round}: ${'I look at the file and write a line. '.repeat(3)}`,
      `APPEND ${file} <<END`,
      `export const line${round}x${step} = ${step}`,
      'END',
      `SLEEP ${PAUSE_MS}`,
    ].join('\n'),
  )
  return ['```rehearsal', ...steps, '```'].join('\n')
}

function summary(rounds: { busy: Measured; idle: Measured }[]) {
  const worst = ({ busy, idle }: { busy: Measured; idle: Measured }) =>
    Math.max(
      busy.p99 / (RATIO_LIMIT * idle.p99),
      busy.p99 / MS_LIMIT,
      busy.children / CHILDREN_LIMIT,
    )
  const said = rounds.map(({ busy, idle }) => `${busy.p99.toFixed(1)}/${idle.p99.toFixed(1)}`)
  const children = Math.max(...rounds.map(({ busy }) => busy.children))
  return {
    pairs: rounds.map((round) => ({ ours: worst(round), limit: 1 })),
    extra: `p99 busy/idle ${said.join(', ')} ms, ${children} git children of ${CHILDREN_LIMIT}`,
  }
}
