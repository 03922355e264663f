import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { MARKER } from './launch.ts'

interface Found {
  pid: number
  /** When the process started, in the system's own words: a number that is reused has another. */
  started: string
}

// A process may fork between being seen and being ended; a chain that forks faster than this many
// scans in a row is not a leftover but an attack, and is reported as left.
const ROUNDS = 10
// The kernel needs a moment to tear a killed process down.
const PAUSE_MS = 20
// `ps` prints whole environments: a few hundred processes with long ones.
const PS_BYTES = 64 * 1024 * 1024

/**
 * Ends (SIGKILL) every process that carries THALOGOS_RUN=<marker> in its environment, whatever its
 * group or session, but never this process. A process that cleared its environment is not found.
 *
 * Linux reads /proc/<pid>/environ, other systems ask `ps`; on Windows nothing is found.
 * @returns how many were ended, and the pids that were still there afterwards.
 */
export async function endMarked(marker: string): Promise<{ ended: number; left: number[] }> {
  if (marker === '') throw new Error('an empty marker would match nothing of ours')
  const ended = new Set<string>()
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await findMarked(marker)
    if (found.length === 0) return { ended: ended.size, left: [] }
    for (const each of found) {
      if (await endOne(each)) ended.add(`${each.pid} ${each.started}`)
    }
    await sleep(PAUSE_MS)
  }
  const left = (await findMarked(marker)).map((each) => each.pid)
  return { ended: ended.size, left }
}

/** The processes that carry the marker now, this one excepted. */
export async function findMarked(marker: string): Promise<Found[]> {
  if (process.platform === 'win32') return []
  const found = process.platform === 'linux' ? await scanProc(marker) : await scanPs(marker)
  return found.filter((each) => each.pid !== process.pid)
}

async function scanProc(marker: string): Promise<Found[]> {
  const wanted = Buffer.from(`\0${MARKER}=${marker}\0`)
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    names.map(async (name): Promise<Found[]> => {
      const environment = await readGone(`/proc/${name}/environ`)
      if (!environment || !Buffer.concat([NUL, environment, NUL]).includes(wanted)) return []
      const started = await startOf(Number(name))
      return started === undefined ? [] : [{ pid: Number(name), started }]
    }),
  )
  return found.flat()
}

const NUL = Buffer.from('\0')

/** A file of a process that may be gone or another user's: then nothing. */
async function readGone(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return undefined
    throw error
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5), "starttime"); the name before it may hold anything. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = (await readGone(`/proc/${pid}/stat`))?.toString('latin1')
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

async function scanPs(marker: string): Promise<Found[]> {
  const args = ['-A', '-E', '-ww', '-o', 'pid=,lstart=,command=']
  const text = await new Promise<string>((resolve, reject) => {
    execFile('ps', args, { maxBuffer: PS_BYTES, env: { LC_ALL: 'C' } }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    )
  })
  return parsePs(text, marker)
}

/** The lines of `ps -o pid=,lstart=,command=` (with environments) that carry the marker. */
export function parsePs(text: string, marker: string): Found[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s(.*)$/.exec(line)
    const [, pid, started, rest] = match ?? []
    if (pid === undefined || started === undefined || rest === undefined) return []
    const carries = rest.split(' ').includes(`${MARKER}=${marker}`)
    return carries ? [{ pid: Number(pid), started }] : []
  })
}

/** Ends the process only while it is still the one that was found. */
async function endOne({ pid, started }: Found): Promise<boolean> {
  if (process.platform === 'linux' && (await startOf(pid)) !== started) return false
  try {
    process.kill(pid, 'SIGKILL')
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ESRCH' || code === 'EPERM') return false
    throw error
  }
}
