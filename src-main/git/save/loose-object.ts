import { createHash, randomUUID } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
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

export interface CommitDraft {
  tree: string
  parent: string
  message: string
  author: Identity
  committer: Identity
  at: Date
}

/**
 * Stores an annotated, unsigned tag as an object of the mirror (git-mktag(1) has the form); no ref names
 * it yet. Written by hand, like the commit: a process would take longer than all else that is done for it.
 */
export function makeTag(mirror: Mirror, { name, commit, message, tagger, at }: TagDraft): string {
  const head = [`object ${commit}`, 'type commit', `tag ${name}`, `tagger ${signed(tagger, at)}`]
  return storeLoose(mirror, 'tag', withMessage(head, message))
}

/** Stores a commit as an object of the mirror (git-commit-tree(1)); no ref names it yet. */
export function makeCommit(mirror: Mirror, draft: CommitDraft): string {
  const { tree, parent, message, author, committer, at } = draft
  const head = [
    `tree ${tree}`,
    `parent ${parent}`,
    `author ${signed(author, at)}`,
    `committer ${signed(committer, at)}`,
  ]
  return storeLoose(mirror, 'commit', withMessage(head, message))
}

/** Stores objects that were made here in the user's repository as well, flushed. */
export function copyLoose({ dir, repository }: Mirror, oids: readonly string[]): void {
  const objects = join(repository.commonDir, 'objects')
  for (const oid of oids) {
    const place = join(objects, looseName(oid))
    if (existsSync(place)) continue
    if (!existsSync(dirname(place))) {
      mkdirSync(dirname(place))
      // A repository that several users share (core.sharedRepository) has the rights on the folder above.
      chmodSync(dirname(place), lstatSync(objects).mode & 0o7777)
    }
    writeObject(place, readFileSync(join(dir, 'objects', looseName(oid))), true)
  }
}

/** gitrepository-layout(5), objects/[0-9a-f][0-9a-f]: the deflated object under its own hash. */
function storeLoose({ dir, repository }: Mirror, type: string, content: Buffer): string {
  const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const oid = createHash(repository.objectFormat).update(object).digest('hex')
  const place = join(dir, 'objects', looseName(oid))
  mkdirSync(dirname(place), { recursive: true })
  // What is saved is flushed in the user's repository.
  writeObject(place, deflateSync(object), false)
  return oid
}

const looseName = (oid: string): string => join(oid.slice(0, 2), oid.slice(2))

function writeObject(place: string, bytes: Buffer, flush: boolean): void {
  // git prunes files of this name that a crash left.
  const draft = join(dirname(place), `tmp_obj_${randomUUID()}`)
  const descriptor = openSync(draft, 'wx', 0o444)
  try {
    writeSync(descriptor, bytes)
    if (flush) fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(draft, place)
}

const withMessage = (head: readonly string[], message: string): Buffer =>
  Buffer.from([...head, '', message.replaceAll('\0', '').replace(/\n*$/, '\n')].join('\n'))

const signed = ({ name, email }: Identity, at: Date): string =>
  `${plain(name)} <${plain(email)}> ${Math.floor(at.getTime() / 1000)} ${zoneOf(at)}`

/** git's form of the offset from UTC, which JavaScript counts in minutes and the other way round. */
function zoneOf(at: Date): string {
  const minutes = -at.getTimezoneOffset()
  const two = (value: number) => String(value).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
}

// What git itself drops from names (ident.c): these end a name or a line.
const plain = (text: string): string => text.replace(/[<>\n\0]/g, '').trim() || 'unknown'
