import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface SeenProcess {
  pid: number
  /** Its command line, parts joined by spaces. */
  command: string
}

// `ps` prints whole environments: a few hundred processes with long ones.
const PS_BYTES = 64 * 1024 * 1024
// Often enough to see a command that lives for the blink of a shell, seldom enough to leave the cores alone.
const WATCH_MS = 40

/**
 * Every process that has to do with a folder of the test, or with a run: the folder or the run's id is named in
 * the process's environment (the home folder is, in all that the program starts), command line or working
 * directory.
 */
export function processesOf(name: string): SeenProcess[] {
  const found = process.platform === 'linux' ? scanProc(name) : scanPs(name)
  return found.filter(({ pid }) => pid !== process.pid)
}

function scanProc(dir: string): SeenProcess[] {
  const wanted = Buffer.from(dir)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const command = gone(() => readFileSync(`/proc/${name}/cmdline`))
      const environment = gone(() => readFileSync(`/proc/${name}/environ`))
      const cwd = gone(() => Buffer.from(readlinkSync(`/proc/${name}/cwd`)))
      const belongs = [command, environment, cwd].some((text) => text?.includes(wanted))
      if (!belongs || !command) return []
      return [{ pid: Number(name), command: command.toString('utf8').split('\0').join(' ').trim() }]
    })
}

/** A file of a process that may be gone or another user's: then nothing. */
function gone(read: () => Buffer): Buffer | undefined {
  try {
    return read()
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return undefined
    throw error
  }
}

function scanPs(dir: string): SeenProcess[] {
  const list = (flags: string) =>
    execFileSync('ps', [flags, '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: PS_BYTES })
      .split('\n')
      .map((line) => /^\s*(\d+) (.*)$/.exec(line))
      .flatMap((match) => (match ? [{ pid: Number(match[1]), command: match[2] ?? '' }] : []))
  const belonging = new Set(
    list('-axEww')
      .filter(({ command }) => command.includes(dir))
      .map(({ pid }) => pid),
  )
  return list('-axww').filter(({ pid }) => belonging.has(pid))
}

/** Looks again and again at what runs, as any user of the machine may: command lines are public. */
export function watchCommandLines(dir: string): { stop(): string[] } {
  const seen = new Set<string>()
  const look = () => {
    for (const { command } of processesOf(dir)) seen.add(command)
  }
  const timer = setInterval(look, WATCH_MS)
  return {
    stop() {
      clearInterval(timer)
      return [...seen]
    },
  }
}

/** SIGKILL, which nothing can prepare for. */
export function kill(processes: readonly SeenProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
