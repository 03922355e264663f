/** The addresses that our windows may show: the gateway's, and the page that is shown until it answers. */
export interface Allowed {
  /** `http://127.0.0.1:<port>`, or nothing while no gateway is known. */
  origin(): string | undefined
  /** `file:` address of the splash, without its fragment. */
  splash: string
}

/** Pure: whether a window may go to `address`. */
export function mayShow(address: string, { origin, splash }: Allowed): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  if (url.protocol === 'file:') return url.href.split('#')[0] === splash
  return url.origin === origin()
}

/** Pure: what may be opened in the user's browser, as it will be shown to the user first. */
export function outsideLink(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined
}
