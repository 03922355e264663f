import { setTimeout as pause } from 'node:timers/promises'

// Asked seldom: it is another process's, and the page itself sees at once when it is gone.
const LOOK_MS = 5_000
// Connections of this machine that fail for another reason are tried again before they mean anything.
const FAILURES = 3

export interface Place {
  url: string
  token: string
}

/** Resolves when the gateway answers at all. */
export async function askHealth(url: string, signal?: AbortSignal): Promise<void> {
  const response = await fetch(`${url}/healthz`, { signal: signal ?? null })
  await response.arrayBuffer()
}

/** Resolves when nobody answers at `url` any more. */
export async function gatewayGone(url: string): Promise<string> {
  for (let failures = 0; failures < FAILURES; ) {
    await pause(LOOK_MS)
    try {
      await askHealth(url)
      failures = 0
    } catch {
      // Refused: that is what is counted.
      failures += 1
    }
  }
  return 'The process that served the data folder is gone.'
}

/** How many agents are at work now; none when it cannot be asked. */
export async function countAgents({ url, token }: Place): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  try {
    const response = await fetch(`${url}/api/sessions?state=active`, { headers })
    if (!response.ok) return 0
    const sessions = (await response.json()) as { tasks: { runs: { state: string }[] }[] }[]
    const runs = sessions.flatMap(({ tasks }) => tasks.flatMap((task) => task.runs))
    return runs.filter(({ state }) => state !== 'ended').length
  } catch {
    // It is gone already: nothing is at work.
    return 0
  }
}
