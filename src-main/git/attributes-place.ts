import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from './exec.ts'
import type { Mirror } from './mirror.ts'

/**
 * A place in which these attributes go before every `.gitattributes` (gitattributes(5), info/attributes):
 * a git dir without refs or settings that has the mirror's objects. One for each text, never changed, so
 * that sessions which need different ones do not meet.
 */
export async function placeWithAttributes(mirror: Mirror, attributes: string): Promise<Place> {
  const hash = createHash('sha256').update(attributes).digest('hex').slice(0, 16)
  const gitDir = join(mirror.dir, 'thalogos-attributes', hash)
  if (!existsSync(gitDir)) await layOut(mirror, gitDir, attributes)
  return { profile: 'mirror', gitDir, objectDir: join(mirror.dir, 'objects') }
}

async function layOut(mirror: Mirror, dir: string, attributes: string): Promise<void> {
  const making = `${dir}.${randomBytes(4).toString('hex')}`
  try {
    await write(mirror, making, attributes)
    await rename(making, dir)
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    // Another one was made meanwhile, with the same text.
    if (!existsSync(dir)) throw error
  }
}

async function write(mirror: Mirror, dir: string, attributes: string): Promise<void> {
  const { objectFormat } = mirror.repository
  for (const folder of ['info', 'refs', 'objects']) {
    await mkdir(join(dir, folder), { recursive: true })
  }
  const version = objectFormat === 'sha1' ? 0 : 1
  const format = objectFormat === 'sha1' ? '' : `[extensions]\n\tobjectformat = ${objectFormat}\n`
  const config = `[core]\n\trepositoryformatversion = ${version}\n\tbare = true\n${format}`
  await Promise.all([
    writeFile(join(dir, 'HEAD'), 'ref: refs/heads/none\n'),
    writeFile(join(dir, 'config'), config),
    writeFile(join(dir, 'info', 'attributes'), attributes),
  ])
}
