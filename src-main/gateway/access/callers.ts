import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { GatewayDeps } from '../port.ts'

/** Who calls, by the token: the user's own interface, a collector of metrics, or the agent of one run. */
export type Caller = { scope: 'owner' } | { scope: 'metrics' } | { scope: 'run'; runId: string }

/** 256 random bits, safe in a URL. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** Compares in constant time, the length included: digests are compared, not the tokens. */
export function createCallers({
  tokens,
  runs,
}: Pick<GatewayDeps, 'tokens' | 'runs'>): (token: string) => Caller | undefined {
  const owner = digest(tokens.owner)
  const metrics = digest(tokens.metrics)
  return (token) => {
    const given = digest(token)
    if (timingSafeEqual(given, owner)) return { scope: 'owner' }
    if (timingSafeEqual(given, metrics)) return { scope: 'metrics' }
    const run = runs.resolveToken(token)
    return run && { scope: 'run', runId: run.runId }
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()
