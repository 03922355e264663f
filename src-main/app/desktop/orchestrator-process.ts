import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { utilityProcess } from 'electron'

/** The process of an orchestrator, whatever runs it. */
export interface OrchestratorProcess {
  stdout: Readable
  stderr: Readable
  /** How it ended, or why it never began, as a sentence. */
  exited: Promise<string>
  /** Asks it to stop its agents, write what is left, and go. */
  end(): void
  kill(): void
}

// The oldest Node that the orchestrator runs on (better-sqlite3 is built for its interface).
const NODE_MAJOR = 24
// What it said last may be read a moment after it ended.
const READ_MS = 200

/**
 * Electron's own utility process; where Electron's Node is too old for the orchestrator, the Node that `npm start`
 * names (`THALOGOS_NODE`), if there is one.
 */
export function startProcess(bundle: string, args: readonly string[]): OrchestratorProcess {
  const node = process.env['THALOGOS_NODE']
  const isOld = Number.parseInt(process.versions.node, 10) < NODE_MAJOR
  return node && isOld ? spawnNode(node, [bundle, ...args]) : forkUtility(bundle, args)
}

function spawnNode(node: string, args: string[]): OrchestratorProcess {
  // The channel ends the child when this process is gone, however it ended.
  const child: ChildProcess = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('no pipes to the orchestrator')
  return {
    stdout,
    stderr,
    exited: new Promise((resolve) => {
      child.on('error', ({ message }) => resolve(`The orchestrator cannot be run: ${message}`))
      // Not "close", which never comes where the channel was closed from here.
      child.on('exit', (code, signal) => {
        setTimeout(() => resolve(endedWith(code ?? signal)), READ_MS)
      })
    }),
    end() {
      if (child.connected) child.disconnect()
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

function forkUtility(bundle: string, args: readonly string[]): OrchestratorProcess {
  const child = utilityProcess.fork(bundle, [...args], {
    stdio: 'pipe',
    serviceName: 'Thalogos orchestrator',
  })
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('no pipes to the orchestrator')
  return {
    stdout: stdout as Readable,
    stderr: stderr as Readable,
    exited: new Promise((resolve) => {
      child.on('exit', (code) => setTimeout(() => resolve(endedWith(code)), READ_MS))
    }),
    end: () => child.postMessage('stop'),
    kill() {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
    },
  }
}

const endedWith = (how: number | string | null) => `The orchestrator ended with ${how}.`
