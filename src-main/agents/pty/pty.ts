import { constants } from 'node:os'
import { spawn } from 'node-pty'

export interface PtyRequest {
  file: string
  args: readonly string[]
  /** The complete environment. */
  env: Readonly<Record<string, string>>
  cols: number
  rows: number
}

export interface PtyEnd {
  /** Null when a signal ended it. */
  exitCode: number | null
  signal: string | null
}

/** A process that leads its own session on its own terminal. */
export interface Pty {
  readonly pid: number
  /** Everything it prints, as bytes; all of it comes before `onExit`. */
  onData(listener: (chunk: Buffer) => void): void
  onExit(listener: (end: PtyEnd) => void): void
  write(data: string): void
  resize(cols: number, rows: number): void
  /** Holds the reading back, so that the process waits once the terminal's buffer is full. */
  pause(): void
  resume(): void
  /** To its whole process group; nothing happens when it has ended. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGHUP'): void
}

// node-pty drops what is unread 200 ms after the process ended (DESTROY_SOCKET_TIMEOUT_MS in its
// unixTerminal.js), paused or not. The kernel holds at most 12 KiB for a terminal (8 KiB of flip
// buffer, 4 KiB of line discipline) and gives up to 4 KiB a read: reading once in 40 ms while paused
// empties it in time, and lets a fast writer have no more than 100 KiB a second.
const SIP_MS = 40

/** Starts a process on a terminal of its own. Throws when the system has no terminal or process left. */
export function spawnPty(request: PtyRequest): Pty {
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
  let ended = false
  let sip: NodeJS.Timeout | undefined
  terminal.onExit(() => {
    // What is still in its group goes with it, also what cleared its environment.
    signalGroup(terminal, 'SIGKILL')
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
    write: (data) => terminal.write(data),
    resize: (cols, rows) => terminal.resize(cols, rows),
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
      if (!ended) signalGroup(terminal, name)
    },
  }
}

function signalGroup(terminal: { pid: number; kill(): void }, name: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    terminal.kill()
    return
  }
  try {
    process.kill(-terminal.pid, name)
  } catch (error) {
    // Ended meanwhile, or (macOS) ended and not collected yet.
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

function signalName(number: number | undefined): string | null {
  if (number === undefined || number === 0) return null
  const found = Object.entries(constants.signals).find(([, value]) => value === number)
  return found?.[0] ?? `signal ${number}`
}
