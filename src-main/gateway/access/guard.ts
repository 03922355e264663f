import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../../src-shared/contract/index.ts'
import { PAGE_HEADERS } from '../page.ts'
import { refuse } from '../rest/refusal.ts'
import type { Caller } from './callers.ts'
import { refusalOf, tokenOf, tokenOfStream } from './headers.ts'
import type { CountRequest } from './rate.ts'

/** Who may use a route; without a word, the owner alone. `open`: everybody on this machine. */
type RouteScope = 'open' | Caller['scope']

declare module 'fastify' {
  interface FastifyContextConfig {
    scopes?: readonly RouteScope[]
    /** The route is a WebSocket's; no other may be upgraded. */
    upgrade?: boolean
  }
  interface FastifyRequest {
    caller: Caller | undefined
  }
}

export const OPEN: { config: { scopes: readonly RouteScope[] } } = { config: { scopes: ['open'] } }
const OWNER: readonly RouteScope[] = ['owner']

/**
 * Before routing is acted on and before any body is read, on every request and every upgrade, unknown
 * addresses included: Host, Origin, token, scope, rate.
 */
export function addGuard(
  server: FastifyInstance,
  { callerOf, count }: { callerOf(token: string): Caller | undefined; count: CountRequest },
): void {
  server.decorateRequest('caller', undefined)
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS)
    const foreign = refusalOf(request.raw)
    if (foreign) return refuse(reply, foreign)
    request.caller = identify(request, callerOf)
    if (await count(request)) return refuse(reply, 'rate_exceeded')
    const code = refusedBy(request)
    if (code) return refuseAccess(reply, code)
  })
}

function identify(request: FastifyRequest, callerOf: (token: string) => Caller | undefined) {
  const token = request.ws ? tokenOfStream(request.headers) : tokenOf(request.headers)
  return token === undefined ? undefined : callerOf(token)
}

/** By the route that matched, not by the address: `/%61pi/…` matches `/api/…`. */
function refusedBy({ is404, routeOptions, caller, ws }: FastifyRequest): ErrorCode | undefined {
  const { scopes = OWNER, upgrade = false } = routeOptions.config
  if (is404) return undefined
  if (ws && !upgrade) return 'not_found'
  if (scopes.includes('open')) return undefined
  if (!caller) return 'token_refused'
  return scopes.includes(caller.scope) ? undefined : 'scope_refused'
}

function refuseAccess(reply: FastifyReply, code: ErrorCode): FastifyReply {
  // RFC 6750, 3: what is needed, with a 401.
  if (code === 'token_refused') reply.header('www-authenticate', 'Bearer')
  return refuse(reply, code)
}
