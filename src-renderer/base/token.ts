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
  if (given) {
    history.replaceState(null, '', location.pathname)
    storage.setItem(KEY, given)
  }
  return given ?? storage.getItem(KEY) ?? undefined
}
