import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
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

/**
 * Stores an annotated, unsigned tag as an object of the mirror (git-mktag(1) has the form); no ref names
 * it yet. Written by hand: a process would take longer than all else that is done for it.
 */
export function makeTag(mirror: Mirror, draft: TagDraft): string {
  const { name, commit, message, tagger, at } = draft
  const stamp = `${Math.floor(at.getTime() / 1000)} ${zoneOf(at)}`
  const text = [
    `object ${commit}`,
    'type commit',
    `tag ${name}`,
    `tagger ${plain(tagger.name)} <${plain(tagger.email)}> ${stamp}`,
    '',
    message.replaceAll('\0', '').replace(/\n*$/, '\n'),
  ].join('\n')
  const content = Buffer.from(text)
  return storeLoose(mirror, Buffer.concat([Buffer.from(`tag ${content.length}\0`), content]))
}

/** gitrepository-layout(5), objects/[0-9a-f][0-9a-f]: the deflated object under its own hash. */
function storeLoose({ dir, repository }: Mirror, object: Buffer): string {
  const oid = createHash(repository.objectFormat).update(object).digest('hex')
  const folder = join(dir, 'objects', oid.slice(0, 2))
  const draft = join(dir, 'objects', `tmp_obj_${randomUUID()}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(draft, deflateSync(object), { mode: 0o444 })
  renameSync(draft, join(folder, oid.slice(2)))
  return oid
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
