import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openScratch, rawDatabase, scratchFolder } from './fixture/scratch.ts'

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')

function scratch() {
  const dir = join(scratchFolder(), 'data')
  const storage = openScratch(dir)
  const rows = () => rawDatabase(dir).prepare('SELECT hash, bytes FROM artifacts').all()
  const folder = join(dir, 'artifacts')
  return { dir, folder, storage, artifacts: storage.artifacts, rows }
}

describe('an artifact', () => {
  it('is kept under the hash of its content, for the user alone, with its row', async () => {
    const { artifacts, folder, rows } = scratch()
    const content = Buffer.from([0, 255, 10, 13])
    const hash = await artifacts.put(content)
    expect(hash).toBe(sha256(content))
    const file = join(folder, hash.slice(0, 2), hash.slice(2))
    expect(artifacts.path(hash)).toBe(file)
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await artifacts.read(hash))?.equals(content)).toBe(true)
    expect(rows()).toEqual([{ hash, bytes: 4 }])
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  it('is kept once, even when it comes from many sides at the same time', async () => {
    const { artifacts, folder, rows } = scratch()
    const hashes = await Promise.all(
      Array.from({ length: 20 }, () => artifacts.put(Buffer.from('the same'))),
    )
    expect(new Set(hashes)).toEqual(new Set([sha256('the same')]))
    expect(rows()).toHaveLength(1)
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  it('may be empty', async () => {
    const { artifacts } = scratch()
    expect(await artifacts.read(await artifacts.put(Buffer.alloc(0)))).toEqual(Buffer.alloc(0))
  })

  it('is undefined when it is not there, and a path out of the folder names none', async () => {
    const { artifacts, dir } = scratch()
    writeFileSync(join(dir, 'secret'), 'x')
    expect(await artifacts.read(sha256('nothing'))).toBeUndefined()
    for (const name of ['', '..', '../secret', `../../${'a'.repeat(61)}`, 'A'.repeat(64)]) {
      expect(await artifacts.read(name)).toBeUndefined()
      expect(() => artifacts.path(name)).toThrow('not the name')
    }
  })
})

describe('adopt', () => {
  it('moves a finished file in', async () => {
    const { artifacts, dir, rows } = scratch()
    mkdirSync(join(dir, 'runs'))
    const source = join(dir, 'runs', 'raw')
    const content = Buffer.alloc(3_000_001, 'line\n')
    writeFileSync(source, content, { mode: 0o644 })
    const hash = await artifacts.adopt(source)
    expect(hash).toBe(sha256(content))
    expect(existsSync(source)).toBe(false)
    expect(readFileSync(artifacts.path(hash)).equals(content)).toBe(true)
    expect(statSync(artifacts.path(hash)).mode & 0o777).toBe(0o600)
    expect(rows()).toEqual([{ hash, bytes: content.length }])
  })

  it('removes the file when its content is known already', async () => {
    const { artifacts, dir } = scratch()
    const hash = await artifacts.put(Buffer.from('known'))
    writeFileSync(join(dir, 'raw'), 'known')
    expect(await artifacts.adopt(join(dir, 'raw'))).toBe(hash)
    expect(existsSync(join(dir, 'raw'))).toBe(false)
  })

  it('copies from another volume', async ({ skip }) => {
    const { artifacts, dir } = scratch()
    if (!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync(dir).dev) skip()
    const source = join('/dev/shm', `thalogos-${process.pid}-raw`)
    writeFileSync(source, 'from elsewhere')
    const hash = await artifacts.adopt(source)
    expect((await artifacts.read(hash))?.toString()).toBe('from elsewhere')
    expect(existsSync(source)).toBe(false)
    expect(statSync(artifacts.path(hash)).mode & 0o777).toBe(0o600)
  })

  it('follows no link, takes no folder, and leaves both', async () => {
    const { artifacts, dir } = scratch()
    writeFileSync(join(dir, 'target'), 'x')
    symlinkSync('target', join(dir, 'link'))
    await expect(artifacts.adopt(join(dir, 'link'))).rejects.toThrow('ELOOP')
    await expect(artifacts.adopt(dir)).rejects.toThrow('regular')
    await expect(artifacts.adopt(join(dir, 'missing'))).rejects.toThrow('ENOENT')
    expect(readFileSync(join(dir, 'target'), 'utf8')).toBe('x')
  })
})

describe('a start', () => {
  it('removes what was half written and keeps what was finished', async () => {
    const { artifacts, storage, dir, folder } = scratch()
    const hash = await artifacts.put(Buffer.from('finished'))
    writeFileSync(join(folder, 'tmp', 'half'), 'fini')
    storage.close()
    const again = openScratch(dir)
    expect(existsSync(join(folder, 'tmp', 'half'))).toBe(false)
    expect((await again.artifacts.read(hash))?.toString()).toBe('finished')
  })
})
