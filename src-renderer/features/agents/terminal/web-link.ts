// A link is shown whole before it is opened; what is longer is no address that somebody reads.
const MAX_LENGTH = 2_000

/** The address as the browser would open it; undefined for all but http and https without a name or password in it. */
export function webLink(text: string): string | undefined {
  const url = text.length > MAX_LENGTH ? undefined : parse(text)
  if (!url) return undefined
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  return isWeb && url.username === '' && url.password === '' ? url.href : undefined
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
