/** The addresses that our windows may show: the gateway's, and the page that is shown until it answers. */
export interface Allowed {
  /** `http://127.0.0.1:<port>`, or nothing while no gateway is known. */
  origin(): string | undefined
  /** `file:` address of the splash, without its fragment. */
  splash: string
}

/** Pure: whether a window may go to `address`. */
export function mayShow(address: string, { origin, splash }: Allowed): boolean {
  const url = addressOf(address)
  if (!url) return false
  if (url.protocol === 'file:') return url.href.split('#')[0] === splash
  return url.origin === origin()
}

/** Pure: what may be opened in the user's browser, as it will be shown to the user first. */
export function outsideLink(address: string): string | undefined {
  const url = addressOf(address)
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : undefined
}

/** Nothing where `text` is no address. (`URL.canParse` is newer than the oldest Electron that this runs in.) */
export function addressOf(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    // No address: that is the answer.
    return undefined
  }
}
