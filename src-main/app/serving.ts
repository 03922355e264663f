import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { utilityProcess } from 'electron'

/** The orchestrator as a process beside Electron's main, reached as any client reaches it. */
export interface Serving {
  url: string
  token: string
  /** Resolves with what it said last when it ends without having been asked to; never for one of another process. */
  ended: Promise<string>
  stop(): Promise<void>
}

interface Child {
  stdout: Readable
  stderr: Readable
  /** How it ended, or why it never began, as a sentence. */
  exited: Promise<string>
  end(): void
  kill(): void
}

const SERVE = ['serve', '--json', '--reuse'] as const
// What an end shows of its last words.
const LAST_WORDS = 2_000
// An agent that has to be killed takes 13 s to end (agents/escalation.ts); then what is left is written.
const STOP_MS = 20_000
// A pipe of this machine is read in far less.
const READ_MS = 500

/**
 * Starts `serve --json` of the bundle and waits for its first line; where the data folder is served already, that
 * is the other one's address, and the process ends. `npm start` names the Node that it runs on (`THALOGOS_NODE`);
 * a packaged app has none and uses Electron's own utility process.
 */
export async function startServing(bundle: string): Promise<Serving> {
  const node = process.env['THALOGOS_NODE']
  const child = node ? spawnNode(node, bundle) : forkUtility(bundle)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LAST_WORDS)
  })
  let expected = false
  const ended = new Promise<string>((resolve) => {
    void child.exited.then((how) => {
      if (!expected) resolve(said.trim() || how)
    })
  })
  const line = firstLine(child.stdout)
  const first = await Promise.race([
    line,
    child.exited.then((how) => new Error(said.trim() || how)),
  ])
  if (first instanceof Error) throw first
  const { url, token, reused } = JSON.parse(first) as First
  expected = reused === true
  return {
    url,
    token,
    ended,
    async stop() {
      expected = true
      child.end()
      const timer = setTimeout(child.kill, STOP_MS)
      await child.exited
      clearTimeout(timer)
    },
  }
}

interface First {
  url: string
  token: string
  reused?: boolean
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: stream }).once('line', resolve)
  })
}

function spawnNode(node: string, bundle: string): Child {
  // The channel ends the child when this process is gone, however it ended.
  const child: ChildProcess = spawn(node, [bundle, ...SERVE], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('no pipes to the orchestrator')
  return {
    stdout,
    stderr,
    exited: new Promise((resolve) => {
      child.on('error', ({ message }) => resolve(`The orchestrator cannot be run: ${message}`))
      // All that it said was read by then.
      child.on('close', (code, signal) => resolve(endedWith(code ?? signal)))
    }),
    end: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
  }
}

function forkUtility(bundle: string): Child {
  const child = utilityProcess.fork(bundle, [...SERVE], { stdio: 'pipe' })
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('no pipes to the orchestrator')
  return {
    stdout: stdout as Readable,
    stderr: stderr as Readable,
    exited: new Promise((resolve) => {
      // What it said last may be read after that.
      child.on('exit', (code) => setTimeout(() => resolve(endedWith(code)), READ_MS))
    }),
    end: () => void child.kill(),
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
    },
  }
}

const endedWith = (how: number | string | null) => `The orchestrator ended with ${how}.`
