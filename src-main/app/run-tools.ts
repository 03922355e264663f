import { createRunTokens, type RunTokens } from '../agents/index.ts'
import type { TaskDeps } from '../tasks/index.ts'

/** Our own tools for the agents of runs: a token for each run, good where the gateway serves them. */
export interface RunTools {
  access: TaskDeps['access']
  resolve: RunTokens['resolve']
  /** Nobody has them before it is known where they are. */
  serveAt(url: string): void
}

export function createRunTools(): RunTools {
  const tokens = createRunTokens()
  let url: string | undefined
  return {
    resolve: tokens.resolve,
    serveAt(address) {
      url = address
    },
    access: {
      grant: (runId) => (url === undefined ? undefined : { url, token: tokens.mint(runId) }),
      revoke: tokens.revoke,
    },
  }
}
