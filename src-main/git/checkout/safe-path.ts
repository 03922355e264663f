import { type RawPath, shownPath } from './raw-path.ts'

// Code points that some file systems leave out of names (git's utf8.c, `next_hfs_char`).
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/**
 * Throws for a path that would leave its folder or reach into a repository's own files on any file
 * system, as git does when it reads a tree into an index (read-cache.c, `verify_path`).
 */
export function assertSafePath(path: RawPath): void {
  if (path.split('/').every(isSafePart)) return
  throw new Error(`a tree of the repository has the path ${JSON.stringify(shownPath(path))}`)
}

function isSafePart(part: RawPath): boolean {
  if (part === '' || part === '.' || part === '..') return false
  // Windows cuts a name at a colon, drops dots and blanks at its end, and has short names.
  const plain = shownPath(part).replace(IGNORED, '').toLowerCase()
  const name = (plain.split(':', 1)[0] ?? '').replace(/[. ]+$/, '')
  return name !== '.git' && !/^git~\d+$/.test(name) && !(ON_WINDOWS && plain.includes('\\'))
}

const ON_WINDOWS = process.platform === 'win32'
