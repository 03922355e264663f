import { spawn } from 'node:child_process'
import { join } from 'node:path'

const START = join(import.meta.dirname, '../../build/start.mjs')

// No story takes this long; a program that hangs must fail its test and not the whole suite.
const LIMIT_MS = 120_000

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface RunningProgram {
  pid: number
  /** What it printed so far. */
  stdout(): string
  /** Resolves when standard output or error matches; rejects when the program ends before. */
  says(pattern: RegExp): Promise<void>
  send(signal: NodeJS.Signals): void
  done: Promise<Ended>
}

export interface Surroundings {
  /** The home folder of the user who runs it: an empty one of the test. */
  home: string
  input?: string
  /** How long it may take, for stories of many. */
  limitMs?: number
}

/** What a user's shell hands to the program: nothing of the test runner, of npm or of this machine's user. */
export const userEnvironment = (home: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
})

/** How the program is started, for those who start it on a terminal of their own. */
export const commandLine = (args: readonly string[]): [string, string[]] => [
  process.execPath,
  [START, ...args],
]

/** Starts the built program as `npm start` does, set-up included; it is ended when it takes too long. */
export function startProgram(args: readonly string[], around: Surroundings): RunningProgram {
  const [command, rest] = commandLine(args)
  const child = spawn(command, rest, { cwd: around.home, env: userEnvironment(around.home) })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const listener of listeners) listener()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const listener of listeners) listener()
  })
  // A program that ends before it read everything is not a fault of the test.
  child.stdin.on('error', () => undefined)
  child.stdin.end(around.input ?? '')
  const limit = setTimeout(() => child.kill('SIGKILL'), around.limitMs ?? LIMIT_MS)
  const done = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(limit)
      resolve({ code, signal, stdout, stderr })
    })
  })
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    done,
    send: (signal) => void child.kill(signal),
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(stdout) && !pattern.test(stderr)) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
        void done.then(() => reject(new Error(`it never said ${pattern}:\n${stdout}\n${stderr}`)))
      }),
  }
}

export const runProgram = (args: readonly string[], around: Surroundings): Promise<Ended> =>
  startProgram(args, around).done

/** Has it built, so that what a story measures and reads begins with the command itself. */
export async function makeReady(home: string): Promise<void> {
  const { code, stderr } = await runProgram(['--version'], { home })
  if (code !== 0) throw new Error(`the program cannot be started:\n${stderr}`)
}
