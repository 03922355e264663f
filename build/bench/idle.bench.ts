import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { headless, node } from '../setup.mjs'
import { scratchFolder } from './sample-tree.ts'

const SECONDS = 20
// One hundredth of a core is what a laptop's battery does not notice; 150 MB is two browser tabs.
const CPU_LIMIT = 0.01
const MB_LIMIT = 150

/** What Thalogos costs while nothing is to be done. Reads /proc, so on Linux alone. */
export const bench = {
  id: 'idle',
  name: `idle for ${SECONDS} s: the worse of CPU / ${CPU_LIMIT} and memory / ${MB_LIMIT} MB`,
  target: { max: 1 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const dir = scratchFolder()
    const args = [headless, 'serve', '--json', '--data', join(dir, 'data')]
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      // The first line says that it serves.
      await once(child.stdout, 'data')
      const before = cpuSeconds(child)
      const began = performance.now()
      await sleep(SECONDS * 1_000)
      const share = (cpuSeconds(child) - before) / ((performance.now() - began) / 1_000)
      const mb = residentMegabytes(child)
      const cpu = { ours: share, limit: CPU_LIMIT }
      const memory = { ours: mb, limit: MB_LIMIT }
      return {
        pairs: [cpu.ours / cpu.limit > memory.ours / memory.limit ? cpu : memory],
        extra: `${share.toFixed(4)} CPU seconds a second, ${mb.toFixed(0)} MB`,
      }
    } finally {
      child.kill()
      if (child.exitCode === null) await once(child, 'exit')
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

/** User and system time of its own, fields 14 and 15 of /proc/<pid>/stat (proc(5)), which count ticks. */
function cpuSeconds({ pid }: ChildProcess): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return (Number(fields[11]) + Number(fields[12])) / ticks
}

function residentMegabytes({ pid }: ChildProcess): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return (Number(kib) * 1_024) / 1_000_000
}
