/** A path as a line of gitignore(5) that matches exactly it (and what is below it), from the top. */
export function excludePattern(path: string): string {
  const clean = path
    .replaceAll('\\', '/')
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/[*?[\\]/g, '\\$&')
    // A pattern cannot hold a line feed; "any character" is the closest there is.
    .replace(/[\r\n]/g, '?')
    // Only the last of trailing spaces must be quoted to keep them all.
    .replace(/ $/, '\\ ')
  return `/${clean}`
}
