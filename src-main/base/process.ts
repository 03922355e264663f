import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { LAUNCHER_MISSING, LAUNCHER_SAYS, launchLine, MARKER } from './launch.ts'
import { endMarked } from './leftovers.ts'

export interface ProcessRequest {
  command: string
  args: readonly string[]
  cwd: string
  /** The complete environment. THALOGOS_RUN in it is the marker; without it one is made. */
  env: Readonly<Record<string, string>>
  /** `cwd` is this command's alone: whoever is still in it or below when the command has ended goes, too. */
  ownsFolder?: boolean
  timeoutMs?: number
  signal?: AbortSignal
}

export interface ProcessEnd {
  exitCode: number | null
  signal: string | null
  timedOut: boolean
  aborted: boolean
  durationMs: number
  /** Standard output and error as they came; of more than 1 MiB the middle is left out. */
  output: Buffer
  /** The command was not found or cannot be executed. */
  missing: boolean
}

const KEPT_BYTES = 1024 * 1024
// A test runner needs a moment to write its report and stop its workers; a person waits no longer.
const GRACE_MS = 3_000
// Once all of its processes are ended the pipes close at once; one held by a stranger never does.
const PIPES_MS = 1_000

/**
 * Runs a plain child with no standard input in a process group of its own, through the launcher, until
 * it and everything that carries its marker has ended. Time up or aborted: SIGTERM to the group, then SIGKILL.
 * Never rejects for what the command does; a command that is missing is `missing`.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  const marker = request.env[MARKER] ?? randomUUID()
  const began = performance.now()
  const output = createKeptOutput(KEPT_BYTES)
  const child = start(request, marker)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', output.add)
  }
  const stop = watch(child, request)
  const ended = await exited(child)
  const why = stop()
  signalGroup(child, 'SIGKILL')
  await endMarked(marker, request.ownsFolder ? request.cwd : undefined)
  await closed(child)
  const kept = output.bytes()
  return {
    exitCode: ended.code,
    signal: ended.signal,
    ...why,
    durationMs: performance.now() - began,
    output: kept,
    missing:
      ended.code !== null &&
      LAUNCHER_MISSING.includes(ended.code) &&
      kept.subarray(0, LAUNCHER_SAYS.length).toString('latin1') === LAUNCHER_SAYS,
  }
}

function start(request: ProcessRequest, marker: string): ChildProcess {
  const line = launchLine({
    command: request.command,
    args: request.args,
    cwd: request.cwd,
    env: { ...request.env, [MARKER]: marker },
  })
  return spawn(line.file, line.args, {
    // The launcher enters the folder itself, so that a missing one is no different from other failures.
    cwd: '/',
    env: line.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
}

/** Ends the child when its time is up or its caller gives up; the function returned says which. */
function watch(
  child: ChildProcess,
  request: ProcessRequest,
): () => { timedOut: boolean; aborted: boolean } {
  let why: 'timedOut' | 'aborted' | undefined
  let killing: NodeJS.Timeout | undefined
  const end = (cause: 'timedOut' | 'aborted') => {
    if (why !== undefined) return
    why = cause
    signalGroup(child, 'SIGTERM')
    killing = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS)
  }
  const onAbort = () => end('aborted')
  const timer =
    request.timeoutMs === undefined
      ? undefined
      : setTimeout(() => end('timedOut'), request.timeoutMs)
  if (request.signal?.aborted) onAbort()
  request.signal?.addEventListener('abort', onAbort)
  return () => {
    clearTimeout(timer)
    clearTimeout(killing)
    request.signal?.removeEventListener('abort', onAbort)
    return { timedOut: why === 'timedOut', aborted: why === 'aborted' }
  }
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch (error) {
    // Nobody is left in the group, or (macOS) only what has ended and was not collected yet.
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

function exited(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/** Waits until what is left in the pipes was read. */
async function closed(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null)
  const all = streams.map((stream) =>
    stream.closed || stream.destroyed
      ? undefined
      : new Promise<void>((resolve) => stream.once('close', resolve)),
  )
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PIPES_MS)
  })
  await Promise.race([Promise.all(all), enough])
  clearTimeout(timer)
  for (const stream of streams) stream.destroy()
}

/** Keeps the first and the last half of `max` bytes: a log's cause is at its start, its verdict at its end. */
function createKeptOutput(max: number): { add(chunk: Buffer): void; bytes(): Buffer } {
  const half = Math.max(1, Math.floor(max / 2))
  const head: Buffer[] = []
  let tail: Buffer[] = []
  let headBytes = 0
  let tailBytes = 0
  let leftOut = 0
  const trim = () => {
    const all = Buffer.concat(tail)
    leftOut += all.length - half
    tail = [Buffer.from(all.subarray(all.length - half))]
    tailBytes = half
  }
  return {
    add(chunk) {
      const first = chunk.subarray(0, half - headBytes)
      if (first.length > 0) head.push(first)
      headBytes += first.length
      const rest = chunk.subarray(first.length)
      if (rest.length > 0) tail.push(rest)
      tailBytes += rest.length
      // Trimmed only at twice the size, so that many small chunks are not copied again and again.
      if (tailBytes > half * 2) trim()
    },
    bytes() {
      if (tailBytes > half) trim()
      const gap = leftOut === 0 ? '' : `\n… ${leftOut} bytes left out …\n`
      return Buffer.concat([...head, Buffer.from(gap), ...tail])
    },
  }
}
