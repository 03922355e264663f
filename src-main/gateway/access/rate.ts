import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Counts a request; true when its caller had too many in this minute. */
export type CountRequest = (request: FastifyRequest) => Promise<boolean>

const MINUTE_MS = 60_000
/**
 * Requests a minute. An interface that polls ten things a second and opens a diff of every task stays far
 * below the owner's; an agent asks a few times a minute; without a token there is only the page, some
 * hundred files at a load.
 */
const RATE = { owner: 12_000, run: 1_200, metrics: 600, open: 3_000 } as const
export type Rate = Readonly<Record<keyof typeof RATE, number>>

/** Each token has its own count, and so has each address without one. */
export async function createRate(
  server: FastifyInstance,
  rate: Rate = RATE,
): Promise<CountRequest> {
  await server.register(rateLimit, { global: false })
  const count = server.createRateLimit({
    timeWindow: MINUTE_MS,
    max: ({ caller }) => rate[caller?.scope ?? 'open'],
    keyGenerator: ({ caller, ip }) => {
      if (!caller) return `open ${ip}`
      return caller.scope === 'run' ? `run ${caller.runId}` : caller.scope
    },
  })
  return async (request) => {
    const counted = await count(request)
    return !counted.isAllowed && counted.isExceeded
  }
}
