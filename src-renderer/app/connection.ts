import type { Session } from '../../src-shared/contract/index.ts'

const KEY = 'thalogos.token'

/**
 * Takes the token out of the address at once, so that it stays in no history and on no screen; kept
 * for a reload of this tab only.
 */
export function takeToken(
  location: Pick<Location, 'hash' | 'pathname'>,
  history: Pick<History, 'replaceState'>,
  storage: Pick<Storage, 'getItem' | 'setItem'>,
): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (location.hash !== '') history.replaceState(null, '', location.pathname)
  if (given) storage.setItem(KEY, given)
  return given ?? storage.getItem(KEY) ?? undefined
}

type Answer = { ok: true; sessions: Session[] } | { ok: false; message: string }

/** Asks the gateway; every way to fail becomes a sentence. */
export async function fetchSessions(token: string, ask: typeof fetch = fetch): Promise<Answer> {
  try {
    const response = await ask('/api/sessions', { headers: { authorization: `Bearer ${token}` } })
    if (response.ok) return { ok: true, sessions: (await response.json()) as Session[] }
    return {
      ok: false,
      message:
        response.status === 401
          ? 'The token is no longer right. Open the address that was printed at the last start.'
          : 'Thalogos could not answer. Its log says why.',
    }
  } catch {
    // The process is gone or the machine slept: it is asked again in a moment.
    return { ok: false, message: 'Thalogos does not answer. Trying again.' }
  }
}
