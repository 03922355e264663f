import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import { type Failure, fail, ok, type Result } from '../base/index.ts'
import { createCallers } from './access/callers.ts'
import { addGuard, OPEN } from './access/guard.ts'
import { createRate, type Rate } from './access/rate.ts'
import { addMcp, type McpLimits } from './mcp/mcp.ts'
import { readPage, servePage } from './page.ts'
import type { GatewayDeps } from './port.ts'
import { addByteRoutes } from './rest/bytes.ts'
import { answerBeforeRouting } from './rest/early.ts'
import { acceptJsonOnly } from './rest/json.ts'
import { describeApi } from './rest/openapi.ts'
import { addOperations } from './rest/operations.ts'
import { answerErrors } from './rest/refusal.ts'
import { addStream, STREAM_OPTIONS, type StreamLimits } from './stream/stream.ts'

export interface Gateway {
  /** `http://127.0.0.1:<port>`, without the token. */
  url: string
  close(): Promise<void>
}

/** For tests: everything has a limit of its own. */
export interface GatewayLimits extends StreamLimits, McpLimits {
  rate?: Rate
}

// The longest body of the contract is a plan; what is longer belongs into a file.
const MAX_BODY_BYTES = 1_048_576
// A request comes from this machine or through a tunnel: half a minute for one megabyte is a dead peer.
const REQUEST_MS = 30_000
// Browsers send under 2 KiB, and a bearer token is 50 bytes.
const MAX_HEADER_BYTES = 16_384

/**
 * Serves the page, the API, the stream and the tools of agents on the loopback interface. Fails when the port
 * cannot be had.
 */
export async function createGateway(
  deps: GatewayDeps,
  limits: GatewayLimits = {},
): Promise<Result<Gateway, Failure<'port_unavailable'>>> {
  const server = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // That there is no Host is for the guard to say, in its own words.
    http: { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false },
    ...answerBeforeRouting(),
    // The page never asks for a path in two spellings, so neither is tolerated.
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false },
  })
  // Says of each request whether it is an upgrade, which the guard needs.
  await server.register(websocket, STREAM_OPTIONS)
  const count = await createRate(server, limits.rate)
  addGuard(server, { callerOf: createCallers(deps), count })
  acceptJsonOnly(server)
  answerErrors(server, deps.log)
  addRoutes(server, deps, limits)
  try {
    const url = await server.listen({ host: '127.0.0.1', port: deps.port ?? 0 })
    return ok({ url, close: () => server.close() })
  } catch (cause) {
    await server.close()
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause
    return fail('port_unavailable', `port ${deps.port} cannot be used (${code})`, { cause })
  }
}

function addRoutes(server: FastifyInstance, deps: GatewayDeps, limits: GatewayLimits): void {
  const description = JSON.stringify(describeApi(deps.version))
  server.get('/healthz', OPEN, () => ({ status: 'ok', version: deps.version }))
  server.get('/metrics', { config: { scopes: ['metrics', 'owner'] } }, async (_request, reply) =>
    // The version of the format is part of its media type (prometheus.io, exposition formats).
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await deps.metrics()),
  )
  server.get('/api/openapi.json', (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(description),
  )
  for (const [path, file] of readPage(deps.pageDir)) {
    server.get(path, OPEN, (_request, reply) => {
      reply.type(file.type)
      if (!file.type.startsWith('text/html')) return reply.send(file.body)
      const page = servePage(file)
      return reply.header('content-security-policy', page.policy).send(page.body)
    })
  }
  addOperations(server, deps)
  addByteRoutes(server, deps)
  addStream(server, deps, limits)
  addMcp(server, deps, limits)
}
