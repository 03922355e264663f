/**
 * A path below a top folder, as its bytes (latin1: one character a byte), parts separated by `/`: names
 * that are no UTF-8 survive, and git's order is the order of the strings.
 */
export type RawPath = string

export const rawPath = (bytes: Buffer): RawPath => bytes.toString('latin1')

/** For people; a name that is no UTF-8 shows replacement characters. */
export const shownPath = (path: RawPath): string => Buffer.from(path, 'latin1').toString('utf8')

/** The file system's name of `path` below `folder`. */
export const placeOf = (folder: string, path: RawPath): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')])

/** The folders above a path, the topmost first, the top folder itself left out. */
export function parentsOf(path: RawPath): RawPath[] {
  const parents: RawPath[] = []
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    parents.push(path.slice(0, end))
  }
  return parents
}

/** Its name where case and composition of letters make no difference. */
export const foldPath = (path: RawPath): string => shownPath(path).normalize('NFC').toLowerCase()
