import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type ErrorCode, STREAM_PROTOCOL } from '../../../src-shared/contract/index.ts'

// Any port: a tunnel shows another one. Never a name that a foreign site can point here (DNS rebinding).
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i
// A token of ours is 43 characters; what is much longer is not compared at all.
const TOKEN = /^[\w-]{1,256}$/
const BEARER = 'bearer.'

/**
 * Whom a request may come from: this machine by name, and no page but our own (others send no Origin). An
 * address that names a host itself, as a proxy is asked, would overrule the header (RFC 9112, 3.2.2).
 */
export function refusalOf({ url, headers }: IncomingMessage): ErrorCode | undefined {
  const { host, origin } = headers
  if (host === undefined || !LOOPBACK.test(host) || !url?.startsWith('/')) return 'host_refused'
  if (origin !== undefined && origin !== `http://${host}`) return 'origin_refused'
  return undefined
}

/** The token of a plain request: `Authorization: Bearer …`. */
export function tokenOf({ authorization }: IncomingHttpHeaders): string | undefined {
  const given = authorization?.startsWith('Bearer ') ? authorization.slice(7) : ''
  return TOKEN.test(given) ? given : undefined
}

/** The token of a WebSocket, where a browser can send no header but this one: `thalogos.v1, bearer.…`. */
export function tokenOfStream(headers: IncomingHttpHeaders): string | undefined {
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? []
  if (!offered.includes(STREAM_PROTOCOL)) return undefined
  const given = offered.find((name) => name.startsWith(BEARER))?.slice(BEARER.length) ?? ''
  return TOKEN.test(given) ? given : undefined
}
