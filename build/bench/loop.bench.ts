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

const ROUNDS = 5
const AGENTS = 8
// Each says and writes something thirty times a second for ten seconds: more than any model does.
const STEPS = 300
const PAUSE_MS = 33
// Node's own default: it sees what lasts longer than this, and is taken from what it measures.
const RESOLUTION_MS = 10
const IDLE_MS = 10_000
const MS_LIMIT = 20
const RATIO_LIMIT = 5
const CHILDREN_LIMIT = availableParallelism() + 2
// Git lives for milliseconds; the look itself takes one.
const LOOK_MS = 50

/**
 * Measure 13: by how much the main loop is late at its 99th percentile while eight agents print and edit in one
 * orchestrator, against the same orchestrator idle. What comes before and after (eight worktrees of 10,000 files,
 * snapshots, commits, integration, all at once) is told beside it.
 */
export const bench = {
  id: '13',
  name: `main loop, ${AGENTS} agents at work: the worst of p99 / (${RATIO_LIMIT} × idle), p99 / ${MS_LIMIT} ms, git children / (cores + 2)`,
  target: { max: 1 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const dir = scratchFolder()
    const repo = makeSampleRepository(dir)
    const parts = await open(dir)
    try {
      const rounds = []
      for (let n = 0; n < ROUNDS; n += 1) {
        const idle = watchLoop()
        await sleep(IDLE_MS)
        rounds.push({ idle: idle.end(), ...(await work(parts, { repo, n })) })
      }
      return summary(rounds)
    } finally {
      await parts.close()
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

interface Round {
  idle: number
  /** While all agents are at work, and before and after that. */
  busy: number
  around: number
  /** Git processes at once. */
  children: number
}

async function open(dir: string): Promise<Parts> {
  const others = ['codex', 'claude', 'gemini'].map((id) => [id, { enabled: false }])
  const booted = await boot({
    dataDir: join(dir, 'data'),
    config: configSchema.parse({
      agents: { rehearsal: { maxConcurrent: AGENTS }, ...Object.fromEntries(others) },
      limits: { concurrentRuns: AGENTS },
    }),
    resourcesDir: join(root, 'resources'),
    log: silentLog,
    redactor: createRedactor(),
  })
  if (!booted.ok) throw new Error(booted.error.message)
  return booted.value
}

/** Watches how late the loop is; may be held meanwhile. */
function watchLoop() {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  return {
    hold: () => void histogram.disable(),
    goOn: () => void histogram.enable(),
    /** Milliseconds at the 99th percentile. */
    end() {
      histogram.disable()
      return Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS)
    },
  }
}

/** One session of eight tasks to its rest. */
async function work(
  parts: Parts,
  { repo, n }: { repo: string; n: number },
): Promise<Omit<Round, 'idle'>> {
  const around = watchLoop()
  const busy = watchLoop()
  busy.hold()
  let children = 0
  const counter = setInterval(() => {
    children = Math.max(children, gitChildren())
  }, LOOK_MS)
  const speaking = new Set<string | undefined>()
  const stop = parts.events.subscribe(({ type, runId }) => {
    if (type === 'run.output' && speaking.size < AGENTS && speaking.add(runId).size === AGENTS) {
      around.hold()
      busy.goOn()
    }
    if (type !== 'run.ended') return
    busy.hold()
    around.goOn()
  })
  await runSession(parts, repo, n)
  stop()
  clearInterval(counter)
  return { busy: busy.end(), around: around.end(), children }
}

async function runSession({ sessions, events }: Parts, repo: string, n: number): Promise<void> {
  const tasks = Array.from({ length: AGENTS }, (_, agent) => ({
    id: `t${agent}`,
    title: `Agent ${agent}`,
    prompt: script(agent, n),
    agent: 'rehearsal',
  }))
  const opened = await sessions.open({ repo, goal: `Round ${n}`, plan: { tasks }, trust: false })
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
  const left = sessions.get(id)?.tasks.find(({ state }) => state !== 'integrated')
  if (left) throw new Error(`not integrated: ${JSON.stringify(left.reason)}`)
}

/** Children of this process by their names, which stand in /proc; elsewhere 0. */
function gitChildren(): number {
  if (process.platform !== 'linux') return 0
  const pids = readdirSync('/proc/self/task').flatMap((thread) =>
    readIfThere(`/proc/self/task/${thread}/children`).split(' ').filter(Boolean),
  )
  return pids.filter((pid) => readIfThere(`/proc/${pid}/comm`).startsWith('git')).length
}

/** Threads and processes end while they are looked at. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
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

function summary(rounds: readonly Round[]) {
  const worst = ({ busy, idle, children }: Round) =>
    Math.max(busy / (RATIO_LIMIT * idle), busy / MS_LIMIT, children / CHILDREN_LIMIT)
  const all = (key: keyof Round) => rounds.map((round) => round[key].toFixed(1)).join(' ')
  const children = Math.max(...rounds.map((round) => round.children))
  return {
    pairs: rounds.map((round) => ({ ours: worst(round), limit: 1 })),
    extra: `p99 at work ${all('busy')} ms, idle ${all('idle')} ms, around ${all('around')} ms; ${children} git children of ${CHILDREN_LIMIT}`,
  }
}
