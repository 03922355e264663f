import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { utilityProcess } from 'electron'

/** The orchestrator as a process beside Electron's main, reached as any client reaches it. */
export interface Serving {
  url: string
  token: string
  /** Resolves with what it said last when it ends without having been asked to. */
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

// What an end shows of its last words.
const LAST_WORDS = 2_000
// An agent that has to be killed takes 13 s to end (agents/escalation.ts); then what is left is written.
const STOP_MS = 20_000

/**
 * Starts `serve --json` of the bundle and waits for its first line. `npm start` names the Node that
 * it runs on (`THALOGOS_NODE`); a packaged app has none and uses Electron's own utility process.
 */
export async function startServing(bundle: string): Promise<Serving> {
  const node = process.env['THALOGOS_NODE']
  const child = node ? spawnNode(node, bundle) : forkUtility(bundle)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LAST_WORDS)
  })
  let stopping = false
  const ended = new Promise<string>((resolve) => {
    void child.exited.then((how) => {
      if (!stopping) resolve(said.trim() || how)
    })
  })
  const first = await Promise.race([
    firstLine(child.stdout),
    ended.then((reason) => new Error(reason)),
  ])
  if (first instanceof Error) throw first
  const { url, token } = JSON.parse(first) as { url: string; token: string }
  return {
    url,
    token,
    ended,
    async stop() {
      stopping = true
      child.end()
      const timer = setTimeout(child.kill, STOP_MS)
      await child.exited
      clearTimeout(timer)
    },
  }
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: stream }).once('line', resolve)
  })
}

function spawnNode(node: string, bundle: string): Child {
  // The channel ends the child when this process is gone, however it ended.
  const child: ChildProcess = spawn(node, [bundle, 'serve', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('no pipes to the orchestrator')
  return {
    stdout,
    stderr,
    exited: new Promise((resolve) => {
      child.on('error', ({ message }) => resolve(`The orchestrator cannot be run: ${message}`))
      child.on('exit', (code, signal) => resolve(endedWith(code ?? signal)))
    }),
    end: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
  }
}

function forkUtility(bundle: string): Child {
  const child = utilityProcess.fork(bundle, ['serve', '--json'], { stdio: 'pipe' })
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('no pipes to the orchestrator')
  return {
    stdout: stdout as Readable,
    stderr: stderr as Readable,
    exited: new Promise((resolve) => {
      child.on('exit', (code) => resolve(endedWith(code)))
    }),
    end: () => void child.kill(),
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
    },
  }
}

const endedWith = (how: number | string | null) => `The orchestrator ended with ${how}.`
