import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Runner } from '../../../src-main/agents/index.ts'
import { fail, ok, silentLog } from '../../../src-main/base/index.ts'
import { fakeDeps, TOKENS } from '../../../src-main/gateway/fixture/fakes.ts'
import { createGateway, type GatewayDeps } from '../../../src-main/gateway/index.ts'
import type { Report, Task } from './peer.ts'

/** Lets a peer do its task in a thread of its own. */
export function peer(task: Task): Promise<Report> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./peer.ts', import.meta.url), { workerData: task })
    worker.on('error', reject)
    worker.on('message', (report: Report) => {
      resolve(report)
      void worker.terminate()
    })
  })
}

export interface Scene {
  port: number
  token: string
  close(): Promise<void>
}

/** The real gateway over the given terminals and events. */
export async function openScene(
  parts: Partial<Pick<GatewayDeps, 'terminals' | 'events'>>,
): Promise<Scene> {
  const { deps } = fakeDeps('')
  const made = await createGateway({ ...deps, ...parts, log: silentLog })
  if (!made.ok) throw new Error(made.error.message)
  const { url, close } = made.value
  return { port: Number(new URL(url).port), token: TOKENS.owner, close }
}

/** What the runs of a runner print, as the orchestrator shows it to the gateway. */
export function terminalsOf(
  runner: Runner,
  n: (runId: string) => number,
): GatewayDeps['terminals'] {
  const interactive = (runId: string) => {
    const handle = runner.find(runId)
    return handle?.isInteractive ? handle : undefined
  }
  const NOT_LIVE = fail('run_not_live', 'not a live interactive run')
  return {
    async open(runId, view) {
      const log = await runner.output.open(runId, view)
      return log ? ok({ ...log, n: n(runId), live: true }) : fail('not_found', 'no such run')
    },
    input(runId, data) {
      const handle = interactive(runId)
      handle?.write(data)
      return handle ? ok(undefined) : NOT_LIVE
    },
    resize(runId, cols, rows) {
      const handle = interactive(runId)
      handle?.resize(cols, rows)
      return handle ? ok(undefined) : NOT_LIVE
    },
  }
}

/** A plain server on loopback: the limit. */
export async function openPlain(serve: (socket: Socket) => void): Promise<Scene> {
  const server: Server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    token: '',
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Writes so many bytes in pieces of `chunk`, as fast as the other side takes them. */
export function pour(socket: Socket, chunk: Buffer, size: number): void {
  let sent = 0
  const more = () => {
    while (sent < size) {
      sent += chunk.length
      if (!socket.write(chunk)) return void socket.once('drain', more)
    }
  }
  more()
}
