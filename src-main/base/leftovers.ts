import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
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
// In the midst of execve a process shows no environment (Linux, fs/exec.c): one look may miss it.
const QUIET_ROUNDS = 2
// The kernel needs a moment to tear a killed process down.
const PAUSE_MS = 20
// `ps` prints whole environments: a few hundred processes with long ones.
const PS_BYTES = 64 * 1024 * 1024

/**
 * Ends (SIGKILL) every process that carries THALOGOS_RUN=<marker> in its environment, whatever its
 * group or session, but never this process. With `folder`, which must be the run's alone, on Linux also
 * those of our user whose working directory is it or lies below: a process can clear its environment.
 * Left alone then are this process's ancestors, and what sits at a terminal: that is a person who looks.
 * A process that cleared its environment and went elsewhere is not found.
 *
 * Linux reads /proc, other systems ask `ps`; on Windows nothing is found.
 * @returns how many were ended, and the pids that were still there afterwards.
 */
export async function endMarked(
  marker: string,
  folder?: string,
): Promise<{ ended: number; left: number[] }> {
  if (marker === '') throw new Error('an empty marker would match nothing of ours')
  const ended = new Set<string>()
  let quiet = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await findMarked(marker, folder)
    quiet = found.length === 0 ? quiet + 1 : 0
    if (quiet === QUIET_ROUNDS) return { ended: ended.size, left: [] }
    for (const each of found) {
      if (await endOne(each)) ended.add(`${each.pid} ${each.started}`)
    }
    await sleep(PAUSE_MS)
  }
  const left = (await findMarked(marker, folder)).map((each) => each.pid)
  return { ended: ended.size, left }
}

/** The processes that carry the marker, or sit in the folder, now; this one excepted. */
export async function findMarked(marker: string, folder?: string): Promise<Found[]> {
  if (process.platform === 'win32') return []
  // Elsewhere only lsof tells working directories, in seconds rather than milliseconds: the marker has to do.
  const found = process.platform === 'linux' ? await scanProc(marker, folder) : await scanPs(marker)
  return found.filter((each) => each.pid !== process.pid)
}

async function scanProc(marker: string, folder: string | undefined): Promise<Found[]> {
  const wanted = Buffer.from(`\0${MARKER}=${marker}\0`)
  const place = folder === undefined ? undefined : await placeOf(folder)
  const kept = place === undefined ? new Set<number>() : await ancestors()
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    names.map(async (name): Promise<Found[]> => {
      const pid = Number(name)
      const carries = await carriesMarker(pid, wanted)
      const sits = place !== undefined && !kept.has(pid) && (await sitsBelow(pid, place))
      if (!(carries || sits)) return []
      const facts = await statOf(pid)
      if (facts === undefined || !(carries || facts.terminal === '0')) return []
      return [{ pid, started: facts.started }]
    }),
  )
  return found.flat()
}

const NUL = Buffer.from('\0')

async function carriesMarker(pid: number, wanted: Buffer): Promise<boolean> {
  const environment = await orGone(readFile(`/proc/${pid}/environ`))
  return environment !== undefined && Buffer.concat([NUL, environment, NUL]).includes(wanted)
}

/**
 * The folder as /proc names it. Only its parents are resolved: a link that was put in its place leads
 * to what is not the run's.
 */
async function placeOf(folder: string): Promise<string | undefined> {
  // The root is nobody's alone.
  if (basename(folder) === '') return undefined
  const parent = await orGone(realpath(dirname(folder)))
  return parent === undefined ? undefined : join(parent, basename(folder))
}

async function sitsBelow(pid: number, place: string): Promise<boolean> {
  const cwd = await orGone(readlink(`/proc/${pid}/cwd`))
  // The kernel appends this to the name of a folder that was removed.
  const below = cwd === place || cwd === `${place} (deleted)` || cwd?.startsWith(`${place}/`)
  return below === true && (await orGone(stat(`/proc/${pid}`)))?.uid === process.getuid?.()
}

/** This process's parent, its parent and so on. */
async function ancestors(): Promise<ReadonlySet<number>> {
  const found = new Set<number>()
  let pid = process.ppid
  while (pid > 0 && !found.has(pid)) {
    found.add(pid)
    pid = (await statOf(pid))?.parent ?? 0
  }
  return found
}

/** What a process that may be gone, or another user's, has to say; then nothing. */
async function orGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return undefined
    throw error
  }
}

/** Fields 4, 7 and 22 of /proc/<pid>/stat (proc(5)); the name before them may hold anything. */
async function statOf(
  pid: number,
): Promise<{ parent: number; terminal: string; started: string } | undefined> {
  const text = (await orGone(readFile(`/proc/${pid}/stat`)))?.toString('latin1')
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? []
  const [, parent, , , terminal] = fields
  const started = fields[19]
  if (parent === undefined || terminal === undefined || started === undefined) return undefined
  return { parent: Number(parent), terminal, started }
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
  if (process.platform === 'linux' && (await statOf(pid))?.started !== started) return false
  try {
    process.kill(pid, 'SIGKILL')
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ESRCH' || code === 'EPERM') return false
    throw error
  }
}
