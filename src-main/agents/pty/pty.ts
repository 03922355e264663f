import { constants } from 'node:os'
import { spawn } from 'node-pty'
import type { AgentProcess, ProcessLine } from '../process/agent-process.ts'
import { signalGroup } from '../process/signal-group.ts'
import { createTyping } from './typing.ts'

/** What is started, and the size of its terminal in cells. */
export interface PtyRequest extends ProcessLine {
  cols: number
  rows: number
}

// node-pty drops what is unread 200 ms after the process ended (DESTROY_SOCKET_TIMEOUT_MS in its
// unixTerminal.js), paused or not. The kernel holds at most 12 KiB for a terminal (8 KiB of flip
// buffer, 4 KiB of line discipline) and gives up to 4 KiB a read: reading once in 40 ms while paused
// empties it in time, and lets a fast writer have no more than 100 KiB a second.
const SIP_MS = 40

/**
 * Starts a process that leads its own session on its own terminal.
 * Throws when the system has no terminal or process left.
 */
export function spawnPty(request: PtyRequest): AgentProcess {
  const terminal = spawn(request.file, [...request.args], {
    name: 'xterm-256color',
    cols: request.cols,
    rows: request.rows,
    // The launcher enters the command's folder itself and says so when it cannot.
    cwd: '/',
    env: { ...request.env },
    // Bytes, not text: the artifact is exactly what came.
    encoding: null,
  })
  const inner = terminal as unknown as Inner
  const typing = process.platform === 'win32' ? undefined : createTyping(inner.fd)
  let isGone = false
  inner.on('close', () => {
    isGone = true
    typing?.close()
  })
  let ended = false
  let sip: NodeJS.Timeout | undefined
  terminal.onExit(() => {
    // What is still in its group goes with it, also what cleared its environment.
    signalAll(terminal, 'SIGKILL')
    ended = true
    clearInterval(sip)
  })
  return {
    pid: terminal.pid,
    onData(listener) {
      // Typed as text by node-pty, which gives bytes when the encoding is null.
      terminal.onData((chunk: unknown) => {
        if (sip !== undefined) terminal.pause()
        listener(chunk as Buffer)
      })
    },
    onExit(listener) {
      terminal.onExit(({ exitCode, signal }) => {
        const name = signalName(signal)
        listener({ exitCode: name === null ? exitCode : null, signal: name })
      })
    },
    write: (data) => (typing ?? terminal).write(data),
    endInput: () => undefined,
    resize(cols, rows) {
      if (!isGone && cols > 0 && rows > 0) terminal.resize(cols, rows)
    },
    pause() {
      if (sip !== undefined || ended) return
      terminal.pause()
      sip = setInterval(() => terminal.resume(), SIP_MS)
    },
    resume() {
      clearInterval(sip)
      sip = undefined
      if (!ended) terminal.resume()
    },
    signal(name) {
      if (!ended) signalAll(terminal, name)
    },
  }
}

/** Both are there and node-pty types neither: the terminal's descriptor, and the event of its closing. */
interface Inner {
  fd: number
  on(event: 'close', listener: () => void): void
}

function signalAll(terminal: { pid: number; kill(): void }, name: NodeJS.Signals): void {
  if (process.platform === 'win32') terminal.kill()
  else signalGroup(terminal.pid, name)
}

function signalName(number: number | undefined): string | null {
  if (number === undefined || number === 0) return null
  const found = Object.entries(constants.signals).find(([, value]) => value === number)
  return found?.[0] ?? `signal ${number}`
}
