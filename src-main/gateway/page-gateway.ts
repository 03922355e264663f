import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { type ErrorCode, type Session, wordingOf } from '../../src-shared/contract/index.ts'
import { type Failure, fail, type Log, ok, type Result } from '../base/index.ts'
import { createCallers } from './access/callers.ts'
import { refusalOf, tokenOf } from './access/headers.ts'
import { PAGE_HEADERS, readPage } from './page.ts'

interface Gateway {
  /** `http://127.0.0.1:<port>`, without the token. */
  url: string
  close(): Promise<void>
}

const OPEN = { config: { scopes: ['open' as const] } }

// A goal or a plan fits; nothing else is sent.
const MAX_BODY_BYTES = 1024 * 1024

/**
 * For `serve` until it has the whole orchestrator to show: then this file goes. Serves the page and the API on the loopback interface. `pageDir` holds the built page; `port` is
 * random unless given. Fails when the port cannot be had.
 */
export async function createPageGateway(deps: {
  sessions: () => readonly Session[]
  token: string
  pageDir: string
  version: string
  port?: number
  log: Log
}): Promise<Result<Gateway, Failure<'port_unavailable'>>> {
  const server = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    // The page never asks for a path in two spellings, so neither is tolerated.
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false },
  })
  guard(server, deps.token)
  answerErrors(server, deps.log)
  addRoutes(server, deps)
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

/** Before routing and before any body is read, on every request, unknown addresses included. */
function guard(server: FastifyInstance, token: string): void {
  const callerOf = createCallers({
    tokens: { owner: token, metrics: token },
    runs: { resolveToken: () => undefined, ask: () => Promise.resolve({ decision: 'deny' }) },
  })
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(PAGE_HEADERS)
    const foreign = refusalOf(request.raw)
    if (foreign) return refuse(reply, 403, foreign)
    const isOpen = request.is404 || request.routeOptions.config.scopes?.includes('open') === true
    const given = tokenOf(request.headers)
    if (!isOpen && (given === undefined || !callerOf(given))) {
      reply.header('www-authenticate', 'Bearer')
      return refuse(reply, 401, 'token_refused')
    }
    done()
  })
}

function addRoutes(
  server: FastifyInstance,
  deps: { sessions: () => readonly Session[]; pageDir: string; version: string },
): void {
  server.get('/healthz', OPEN, () => ({ status: 'ok', version: deps.version }))
  server.get('/api/sessions', () => deps.sessions())
  for (const [path, file] of readPage(deps.pageDir)) {
    server.get(path, OPEN, (_request, reply) => reply.type(file.type).send(file.body))
  }
}

function answerErrors(server: FastifyInstance, log: Log): void {
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'not_found'))
  server.setErrorHandler((error, request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500
    if (status < 500) return refuse(reply, status, 'request_invalid')
    log.error('request failed', { method: request.method, url: request.url.slice(0, 200), error })
    return refuse(reply, 500, 'internal')
  })
}

function refuse(reply: FastifyReply, status: number, code: ErrorCode): FastifyReply {
  return reply.code(status).send({ error: { code, message: wordingOf(code).what } })
}
