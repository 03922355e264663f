/**
 * Gives the nonce of this page to every style element that a script makes, as terminals and panes do: the page's
 * policy allows no other. Markup cannot do the same.
 */
export function handOutStyleNonce(page: Document): void {
  const nonce = page.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content
  if (!nonce) return
  const create = page.createElement.bind(page)
  page.createElement = ((name: string, options?: ElementCreationOptions) => {
    const made = create(name, options)
    if (made instanceof HTMLStyleElement) made.nonce = nonce
    return made
  }) as typeof page.createElement
}
