import type { RawPath } from '../checkout/raw-path.ts'

// Linux gives up after as many (path_resolution(7)); a loop of links leads nowhere.
const MAX_LINKS = 40

/**
 * True when the link at `path` leads out of the tree, or into a `.git`, on any platform. `links` are all
 * links of the tree with their targets, since a way may lead through others of them.
 */
export function leavesTree(path: RawPath, links: ReadonlyMap<RawPath, string>): boolean {
  const at = path.split('/').slice(0, -1)
  const ahead = partsOf(links.get(path) ?? '')
  if (!ahead) return true
  let followed = 0
  for (let part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    if (!step(at, part)) return true
    const target = links.get(at.join('/'))
    if (target === undefined || at.length === 0) continue
    const through = partsOf(target)
    if (!through) return true
    at.pop()
    ahead.unshift(...through)
    followed += 1
    if (followed > MAX_LINKS) return false
  }
  return false
}

/** Goes one part further; false when that is not within the tree. */
function step(at: string[], part: string): boolean {
  if (part === '..') return at.pop() !== undefined
  if (part !== '' && part !== '.') at.push(part)
  return part.toLowerCase() !== '.git'
}

/** The parts of a relative target; nothing for one that is absolute somewhere. */
function partsOf(target: string): string[] | undefined {
  // On Windows a backslash separates and a letter names a drive.
  if (/^[/\\]|^[A-Za-z]:/.test(target)) return undefined
  return target.split(/[/\\]/)
}
