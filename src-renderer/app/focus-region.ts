/** Puts the focus into the next region of the page, or the one before; around the end it begins again. */
export function focusNextRegion(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>('[data-region]')]
  const here = all.findIndex((region) => region.contains(document.activeElement))
  const next = all[(here + step + all.length) % all.length] ?? all[0]
  next?.focus()
}
