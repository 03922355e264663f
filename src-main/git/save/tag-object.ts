import type { Mirror } from '../mirror.ts'
import type { Identity } from '../repository.ts'

export interface TagDraft {
  /** The tag's name without `refs/tags/`. */
  name: string
  commit: string
  message: string
  tagger: Identity
  at: Date
}

/** Stores an annotated, unsigned tag as an object of the mirror; no ref names it yet (git-mktag(1)). */
export async function makeTag(mirror: Mirror, draft: TagDraft): Promise<string> {
  const { name, commit, message, tagger, at } = draft
  const stamp = `${Math.floor(at.getTime() / 1000)} ${zoneOf(at)}`
  const stdin = [
    `object ${commit}`,
    'type commit',
    `tag ${name}`,
    `tagger ${plain(tagger.name)} <${plain(tagger.email)}> ${stamp}`,
    '',
    message.replaceAll('\0', '').replace(/\n*$/, '\n'),
  ].join('\n')
  return await mirror.git.text(mirror.place, ['mktag'], { stdin })
}

/** git's form of the offset from UTC, which JavaScript counts in minutes and the other way round. */
function zoneOf(at: Date): string {
  const minutes = -at.getTimezoneOffset()
  const two = (value: number) => String(value).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
}

// What git itself drops from names (ident.c): these end a name or a line.
const plain = (text: string): string => text.replace(/[<>\n\0]/g, '').trim() || 'unknown'
