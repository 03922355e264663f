import { createHash, randomBytes } from 'node:crypto'

/** The tokens by which the agents of live runs reach our tools: each is good for its own run, and until its end. */
export interface RunTokens {
  /** A new token; one that the run had before is good no more. */
  mint(runId: string): string
  /** The run that a token was made for. Time tells nothing about tokens: digests are looked up, not they themselves. */
  resolve(token: string): { runId: string } | undefined
  revoke(runId: string): void
}

export function createRunTokens(): RunTokens {
  const runs = new Map<string, string>()
  const digests = new Map<string, string>()
  const revoke = (runId: string) => {
    const digest = digests.get(runId)
    digests.delete(runId)
    if (digest !== undefined) runs.delete(digest)
  }
  return {
    revoke,
    mint(runId) {
      revoke(runId)
      // 256 random bits, safe in a header and in a variable.
      const token = randomBytes(32).toString('base64url')
      const digest = digestOf(token)
      runs.set(digest, runId)
      digests.set(runId, digest)
      return token
    },
    resolve(token) {
      const runId = runs.get(digestOf(token))
      return runId === undefined ? undefined : { runId }
    },
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')
