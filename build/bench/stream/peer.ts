// The other side of a measure, in a thread of its own, as a window is a process of its own.
import { connect } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { crc32 } from 'node:zlib'
import xterm from '@xterm/headless'
import { createAcknowledger } from '../../../src-renderer/base/acknowledge.ts'
import { FLOW } from '../../../src-shared/contract/index.ts'
import { openWire, type Wire } from './wire.ts'

/** What a peer is to do. All but `parse` connect to `port` on loopback. */
export type Task =
  /** Feeds the bytes to a terminal, as fast as it parses. */
  | { kind: 'parse'; bytes: Uint8Array }
  /** Reads so many bytes from a plain connection. */
  | { kind: 'drain'; port: number; size: number }
  /** Attaches runs and reads so many bytes, acknowledging each frame. */
  | { kind: 'watch'; port: number; token: string; runs: readonly string[]; size: number }
  /** Attaches a run, answers its first byte with a line feed, parses what it prints in a terminal, acknowledges what is parsed. */
  | { kind: 'show'; port: number; token: string; run: string; size: number }
  /** Sends a byte and waits for `size`, `rounds` times, on a plain connection or by typing into a run. */
  | { kind: 'echo'; port: number; size: number; rounds: number }
  | {
      kind: 'type'
      port: number
      token: string
      run: string
      size: number
      rounds: number
      /** Between two rounds, as a person types. */
      pauseMs?: number
      /** Runs whose output it shows beside. */
      beside?: readonly string[]
    }
  /** Asks for all events of a new client. */
  | { kind: 'events'; port: number; token: string }

/** Milliseconds from the first to the last byte (of `echo` and `type`: of each round), and what came. */
export interface Report {
  ms: number
  rounds: number[]
  size: number
  crc: number
}

const CHUNK = 16_384
// A window of a common size with the history that the interface keeps.
const TERMINAL = { cols: 120, rows: 40, scrollback: 1_000, allowProposedApi: true }

const report = (more: Partial<Report>) =>
  parentPort?.postMessage({ ms: 0, rounds: [], size: 0, crc: 0, ...more } satisfies Report)

function parse({ bytes }: Extract<Task, { kind: 'parse' }>): void {
  const terminal = new xterm.Terminal(TERMINAL)
  const begin = performance.now()
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const isLast = at + CHUNK >= bytes.length
    terminal.write(
      bytes.subarray(at, at + CHUNK),
      isLast ? () => report({ ms: performance.now() - begin, size: bytes.length }) : undefined,
    )
  }
}

function drain({ port, size }: Extract<Task, { kind: 'drain' }>): void {
  const socket = connect({ host: '127.0.0.1', port })
  let begin = 0
  let got = 0
  socket.on('data', (chunk) => {
    if (got === 0) begin = performance.now()
    got += chunk.length
    if (got < size) return
    report({ ms: performance.now() - begin, size: got })
    socket.destroy()
  })
}

async function watch(task: Extract<Task, { kind: 'watch' }>): Promise<void> {
  const names = new Map<number, string>()
  let run = ''
  let open = 0
  let begin = 0
  let got = 0
  const acknowledge = () => {
    if (open > 0) wire.send({ type: 'ack', run, bytes: open })
    open = 0
  }
  const wire: Wire = await openWire({
    ...task,
    path: '/api/stream',
    onText(text) {
      const frame = JSON.parse(text) as { frame?: string; n: number; run: string }
      if (frame.frame === 'attached') names.set(frame.n, frame.run)
    },
    onBytes(part, { isFirst }) {
      if (got === 0) begin = performance.now()
      if (isFirst) {
        acknowledge()
        run = names.get(part.readUInt32BE()) ?? ''
      }
      const length = isFirst ? part.length - 4 : part.length
      open += length
      got += length
      if (open >= FLOW.every) acknowledge()
      if (got < task.size) return
      report({ ms: performance.now() - begin, size: got })
      wire.close()
    },
  })
  for (const one of task.runs) wire.send({ type: 'attach', run: one, view: 'raw', from: 0 })
}

async function show({ size, run, ...target }: Extract<Task, { kind: 'show' }>): Promise<void> {
  const terminal = new xterm.Terminal(TERMINAL)
  let begin = 0
  let got = 0
  let parsed = 0
  let crc = 0
  const frame: Buffer[] = []
  const acknowledger = createAcknowledger((bytes) => wire.send({ type: 'ack', run, bytes }))
  const isParsed = (length: number) => {
    parsed += length
    acknowledger.parsed(length)
    if (parsed < size) return
    report({ ms: performance.now() - begin, size: parsed, crc })
    wire.close()
  }
  const wire: Wire = await openWire({
    ...target,
    path: '/api/stream',
    onText: () => undefined,
    onBytes(part, { isLast }) {
      if (got === 0) {
        begin = performance.now()
        wire.send({ type: 'input', run, data: '\n' })
      }
      got += part.length
      frame.push(part)
      if (!isLast) return
      // Whole, as a window gets it.
      const bytes = Buffer.concat(frame.splice(0)).subarray(4)
      crc = crc32(bytes, crc)
      terminal.write(bytes, () => isParsed(bytes.length))
      acknowledger.received(bytes.length)
    },
  })
  wire.send({ type: 'attach', run, view: 'raw', from: 0 })
}

function echo({ port, size, rounds }: Extract<Task, { kind: 'echo' }>): void {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  const times = createRounds(rounds, () => void socket.write('x'))
  let got = 0
  socket.on('data', (chunk) => {
    got += chunk.length
    if (got < size) return
    got = 0
    if (times.next()) socket.destroy()
  })
  times.begin()
}

async function type(task: Extract<Task, { kind: 'type' }>): Promise<void> {
  const { run, size, beside = [], pauseMs } = task
  const names = new Map<number, string>()
  let from = ''
  let got = 0
  const wire: Wire = await openWire({
    ...task,
    path: '/api/stream',
    onText(text) {
      const frame = JSON.parse(text) as { frame?: string; n: number; run: string }
      if (frame.frame !== 'attached') return
      names.set(frame.n, frame.run)
      if (names.size === beside.length + 1) times.begin()
    },
    onBytes(part, { isFirst }) {
      if (isFirst) from = names.get(part.readUInt32BE()) ?? ''
      const length = isFirst ? part.length - 4 : part.length
      if (from === run) got += length
      if (got >= size) {
        got = 0
        if (times.next()) wire.close()
      }
      // It is no part of the round, which is on its way again.
      wire.send({ type: 'ack', run: from, bytes: length })
    },
  })
  const send = () => wire.send({ type: 'input', run, data: 'x' })
  const times = createRounds(task.rounds, send, pauseMs)
  // Beyond the end is the end: what was printed before is not shown again.
  const end = Number.MAX_SAFE_INTEGER
  for (const one of [...beside, run])
    wire.send({ type: 'attach', run: one, view: 'raw', from: end })
}

/** Times one round after the other; `next` is true after the last. */
function createRounds(count: number, send: () => void, pauseMs = 0) {
  const rounds: number[] = []
  let begin = 0
  const start = () => {
    begin = performance.now()
    send()
  }
  return {
    begin: start,
    next(): boolean {
      rounds.push(performance.now() - begin)
      if (rounds.length === count) report({ rounds, ms: rounds.reduce((sum, ms) => sum + ms, 0) })
      else if (pauseMs > 0) setTimeout(start, pauseMs)
      else start()
      return rounds.length === count
    },
  }
}

async function events(task: Extract<Task, { kind: 'events' }>): Promise<void> {
  const begin = performance.now()
  let size = 0
  const wire: Wire = await openWire({
    ...task,
    path: '/api/stream?since=0',
    onText(text) {
      const { frame } = JSON.parse(text) as { frame?: string }
      if (frame === undefined) size += 1
      if (frame !== 'caught_up') return
      report({ ms: performance.now() - begin, size })
      wire.close()
    },
    onBytes: () => undefined,
  })
}

const task = workerData as Task
const roles: { [K in Task['kind']]: (task: never) => void | Promise<void> } = {
  parse,
  drain,
  watch,
  show,
  echo,
  type,
  events,
}
await roles[task.kind](task as never)
