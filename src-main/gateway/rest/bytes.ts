import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import * as z from 'zod'
import { terminalViews } from '../../../src-shared/contract/index.ts'
import type { GatewayDeps } from '../port.ts'
import { refuse } from './refusal.ts'

// What is read and waits to be sent at once.
const CHUNK_BYTES = 65_536
const HASH = /^[0-9a-f]{64}$/
// A negative one counts from the end.
const from = z.coerce.number().int().default(0)
export const transcriptQuery = z.object({ from, view: z.enum(terminalViews).default('readable') })
export const artifactQuery = z.object({ from })

interface Download {
  name: string
  size: number
  from: number
  read(from: number, max: number): Promise<Buffer>
  /** Never fails: there is nobody left to tell. */
  close(): void | Promise<void>
}

/** What is bytes and not JSON: always a file to be stored, never something that a browser shows or runs. */
export function addByteRoutes(
  server: FastifyInstance,
  { terminals, artifacts }: Pick<GatewayDeps, 'terminals' | 'artifacts'>,
): void {
  server.get<{ Params: { run: string } }>('/api/runs/:run/transcript', async (request, reply) => {
    const query = transcriptQuery.safeParse(request.query)
    if (!query.success) return refuse(reply, 'request_invalid')
    const { view } = query.data
    const opened = await terminals.open(request.params.run, view)
    if (!opened.ok) return refuse(reply, opened.error.code, opened.error)
    const source = opened.value
    // As much as there is now: what comes later is for the stream.
    return sendBytes(reply, {
      name: `run-${source.n}-${view}.log`,
      size: source.size(),
      from: query.data.from,
      read: (at, max) => source.read(at, max),
      close: () => source.close(),
    })
  })
  server.get<{ Params: { hash: string } }>('/api/artifacts/:hash', async (request, reply) => {
    const query = artifactQuery.safeParse(request.query)
    if (!query.success) return refuse(reply, 'request_invalid')
    const { hash } = request.params
    const file = HASH.test(hash) ? await artifacts.open(hash) : undefined
    if (!file) return refuse(reply, 'not_found')
    return sendBytes(reply, {
      name: hash,
      size: file.size,
      from: query.data.from,
      read: (at, max) => file.read(at, max),
      close: () => file.close(),
    })
  })
}

function sendBytes(reply: FastifyReply, download: Download): FastifyReply {
  const { name, size } = download
  const begin = beginOf(download.from, size)
  const stream = Readable.from(chunksOf(download, begin), { objectMode: false })
  // Also when nobody read a byte: a generator that never began has no end either.
  stream.once('close', () => void download.close())
  return reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('content-length', size - begin)
    .send(stream)
}

/** Where in a file of `size` bytes `from` is; beyond the end is the end. */
export const beginOf = (from: number, size: number): number =>
  from < 0 ? Math.max(0, size + from) : Math.min(from, size)

async function* chunksOf({ size, read }: Download, begin: number): AsyncGenerator<Buffer, void> {
  for (let at = begin; at < size; ) {
    const chunk = await read(at, Math.min(CHUNK_BYTES, size - at))
    if (chunk.length === 0) throw new Error('bytes ended before their size')
    at += chunk.length
    yield chunk
  }
}
