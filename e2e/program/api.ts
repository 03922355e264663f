import type { ClientFrame, ServerFrame, StoredEvent } from '../../src-shared/contract/index.ts'
import { type RunningProgram, startProgram } from './program.ts'

/** A client of the public API, with nothing of the program's own code. */
export interface Api {
  readonly url: string
  readonly token: string
  /** The status and the JSON of the answer. */
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  /** The JSON of an answer that has to succeed. */
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  stream(query?: string): Promise<Stream>
}

/** An open event stream. */
export interface Stream {
  readonly events: readonly StoredEvent[]
  /** What each attached run has printed, by its number. */
  readonly bytes: ReadonlyMap<number, Buffer>
  send(frame: ClientFrame): void
  /** Resolves with the first event, past or to come, that `is` holds for. */
  until(is: (event: StoredEvent) => boolean): Promise<StoredEvent>
  /** Shows a run's terminal, all of it acknowledged; its number in binary frames. */
  attach(run: string, view?: 'raw' | 'readable'): Promise<number>
  close(): void
}

// A whole file of stories is told to one server.
const SERVED_MS = 15 * 60_000
// No story waits longer; what hangs must fail its test and not the suite.
const LIMIT_MS = 120_000
// What a message about a wait that failed names.
const LAST_EVENTS = 20

/** `serve --json`, until it has said where it is. */
export async function serveProgram(
  args: readonly string[],
  home: string,
): Promise<{ program: RunningProgram; api: Api }> {
  const program = startProgram(['serve', '--json', ...args], {
    home,
    limitMs: SERVED_MS,
  })
  const first = Promise.withResolvers<string>()
  program.says(/\}\n/).then(() => first.resolve(program.stdout()), first.reject)
  const { url, token } = JSON.parse((await first.promise).split('\n')[0] ?? '') as {
    url: string
    token: string
  }
  return { program, api: createApi(url, token) }
}

/** For a server that is there already. */
export function createApi(url: string, token: string): Api {
  const send: Api['send'] = async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const must = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await send(method, path, body)
    if (answer.status >= 400) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    }
    return answer.body as T
  }
  return {
    url,
    token,
    send,
    get: (path) => must('GET', path),
    post: (path, body) => must('POST', path, body),
    stream: (query = 'since=0') =>
      openStream(`${url.replace('http', 'ws')}/api/stream?${query}`, token),
  }
}

async function openStream(address: string, token: string): Promise<Stream> {
  const socket = new WebSocket(address, ['thalogos.v1', `bearer.${token}`])
  socket.binaryType = 'arraybuffer'
  const events: StoredEvent[] = []
  const bytes = new Map<number, Buffer>()
  const listeners = new Set<(heard: StoredEvent | ServerFrame) => void>()
  const names = new Map<number, string>()
  const send = (frame: ClientFrame) => socket.send(JSON.stringify(frame))
  socket.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string') {
      const chunk = Buffer.from(data as ArrayBuffer)
      const n = chunk.readUInt32BE(0)
      bytes.set(n, Buffer.concat([bytes.get(n) ?? Buffer.alloc(0), chunk.subarray(4)]))
      send({ type: 'ack', run: names.get(n) ?? '', bytes: chunk.length - 4 })
      return
    }
    const heard = JSON.parse(data) as StoredEvent | ServerFrame
    if ('seq' in heard && 'type' in heard) events.push(heard)
    for (const listener of [...listeners]) listener(heard)
  })
  const wait = <T>(
    look: (heard: StoredEvent | ServerFrame) => T | Error | undefined,
    what: string,
  ) =>
    new Promise<T>((resolve, reject) => {
      const limit = setTimeout(() => {
        const last = events.slice(-LAST_EVENTS).map(({ seq, type }) => `${seq} ${type}`)
        reject(new Error(`never heard of ${what}; the last events: ${last.join(', ')}`))
      }, LIMIT_MS)
      const listener = (heard: StoredEvent | ServerFrame) => {
        const found = look(heard)
        if (found === undefined) return
        clearTimeout(limit)
        listeners.delete(listener)
        if (found instanceof Error) reject(found)
        else resolve(found)
      }
      listeners.add(listener)
      for (const event of events) if (listeners.has(listener)) listener(event)
    })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the stream was refused')))
  })
  return {
    events,
    bytes,
    send,
    until: (is) =>
      wait(
        (heard) => ('seq' in heard && 'type' in heard && is(heard) ? heard : undefined),
        `${is}`,
      ),
    attach(run, view = 'raw') {
      const attached = wait((heard) => {
        if (!('frame' in heard)) return undefined
        if (heard.frame === 'refused' && heard.run === run) {
          return new Error(`${heard.code}: ${heard.message}`)
        }
        if (heard.frame !== 'attached' || heard.run !== run) return undefined
        names.set(heard.n, run)
        return heard.n
      }, `the terminal of ${run}`)
      send({ type: 'attach', run, view, from: 0 })
      return attached
    },
    close: () => socket.close(),
  }
}
