import { createHash, randomUUID } from 'node:crypto'
import { constants, existsSync, rmSync } from 'node:fs'
import { copyFile, type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../base/index.ts'
import { codeOf } from './failure.ts'
import { FILE_MODE, FOLDER_MODE } from './folder.ts'

/** Content-addressed files: named by the SHA-256 of their content in lower-case hex. Never changed, never removed. */
export interface Artifacts {
  /** Stores `bytes`, durable when it resolves; the same content is stored once. */
  put(bytes: Uint8Array): Promise<string>
  /** Moves a finished file in, durable when it resolves; then it is gone from `path`. Never held whole in memory. */
  adopt(path: string): Promise<string>
  /** The content, or undefined when there is no such artifact. */
  read(hash: string): Promise<Buffer | undefined>
  /** Where the content of `hash` stands, or would; a string that is no hash throws. */
  path(hash: string): string
}

interface ArtifactsDeps {
  dir: string
  clock: Clock
  /** Notes a file that stands on the disk; may be called again for the same one. */
  record(row: { hash: string; bytes: number; at: string }): void
}

interface Finished {
  hash: string
  bytes: number
}

const HASH = /^[0-9a-f]{64}$/
// Half-written files stand here, on the same volume, so that giving one its name is a rename.
const HALF_WRITTEN = 'tmp'

/** Removes what a killed process left half written. */
export function discardHalfWritten(dir: string): void {
  rmSync(join(dir, HALF_WRITTEN), { recursive: true, force: true })
}

export function createArtifacts({ dir, clock, record }: ArtifactsDeps): Artifacts {
  const path = (hash: string) => {
    if (!HASH.test(hash)) throw new Error('not the name of an artifact')
    return join(dir, hash.slice(0, 2), hash.slice(2))
  }
  const keep = async (from: string, { hash, bytes }: Finished) => {
    await giveName(from, path(hash))
    record({ hash, bytes, at: clock.now() })
    return hash
  }

  return {
    path,
    async put(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex')
      return await withTemporary(dir, async (temporary) => {
        await writeDurably(temporary, bytes)
        return keep(temporary, { hash, bytes: bytes.byteLength })
      })
    },
    async adopt(source) {
      const finished = await finish(source)
      try {
        return await keep(source, finished)
      } catch (error) {
        if (codeOf(error) !== 'EXDEV') throw error
      }
      return await withTemporary(dir, async (temporary) => {
        await copyFile(source, temporary)
        const hash = await keep(temporary, await finish(temporary))
        await rm(source)
        return hash
      })
    },
    async read(hash) {
      if (!HASH.test(hash)) return undefined
      try {
        return await readFile(path(hash))
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      }
    },
  }
}

/** Gives `work` a free name for a file; what stands there afterwards is removed. */
async function withTemporary<T>(dir: string, work: (path: string) => Promise<T>): Promise<T> {
  const folder = join(dir, HALF_WRITTEN)
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  const path = join(folder, randomUUID())
  try {
    return await work(path)
  } finally {
    await rm(path, { force: true })
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx', FILE_MODE)
  await file.writeFile(bytes)
  await makePrivateAndDurable(file)
}

/** Hashes a file that nobody writes any more and flushes it. */
async function finish(path: string): Promise<Finished> {
  // Never through a link, and never waiting for the writer of a pipe.
  await using file = await open(
    path,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  )
  if (!(await file.stat()).isFile()) throw new Error(`not a regular file: ${path}`)
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of file.createReadStream({ autoClose: false })) {
    hash.update(chunk)
    bytes += chunk.length
  }
  await makePrivateAndDurable(file)
  return { hash: hash.digest('hex'), bytes }
}

async function makePrivateAndDurable(file: FileHandle): Promise<void> {
  await file.chmod(FILE_MODE)
  await file.sync()
}

/** Renames a durable file to its final name, durably; a file of that name has the same content already. */
async function giveName(from: string, to: string): Promise<void> {
  if (existsSync(to)) {
    await rm(from)
    return
  }
  const folder = dirname(to)
  const isNew = (await mkdir(folder, { recursive: true, mode: FOLDER_MODE })) !== undefined
  await rename(from, to)
  await syncNames(folder)
  if (isNew) await syncNames(dirname(folder))
}

async function syncNames(folder: string): Promise<void> {
  // Windows opens no folder and needs no flush of one.
  if (process.platform === 'win32') return
  await using handle = await open(folder, 'r')
  await handle.sync()
}
