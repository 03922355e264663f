import { createHash, timingSafeEqual } from 'node:crypto'

// Any port: a tunnel shows another one. Never a name that a foreign site can point here (DNS rebinding).
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

export const isLoopbackHost = (host: string | undefined): host is string =>
  host !== undefined && LOOPBACK.test(host)

/** A browser says where a page comes from; only our own page may call. Others send none. */
export const isOwnOrigin = (origin: string | undefined, host: string): boolean =>
  origin === undefined || origin === `http://${host}`

/** Compares in constant time, the length included: digests are compared, not the tokens. */
export function createTokenCheck(token: string): (authorization: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(token)
  return (authorization) => {
    const given = /^Bearer ([\w-]{1,256})$/.exec(authorization ?? '')?.[1]
    return timingSafeEqual(digest(given ?? ''), expected) && given !== undefined
  }
}
