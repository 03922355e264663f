import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

// Twice as long as any command of ours may take (exec.ts).
const STALE_MS = 60 * 60_000
// What git calls an object file or a pack until it is whole; a command that was stopped leaves it, however large.
const TEMPORARY = /^(?:tmp_|\.tmp-)/

/** Removes from the mirror what commands that were stopped left half written. Safe beside running ones. */
export async function clearTemporaryObjects(mirrorDir: string): Promise<void> {
  const objects = join(mirrorDir, 'objects')
  for (const folder of await readdir(objects)) {
    const within = join(objects, folder)
    for (const name of (await readdir(within)).filter((entry) => TEMPORARY.test(entry))) {
      const path = join(within, name)
      const stat = await lstat(path).catch(() => undefined)
      if (stat && Date.now() - stat.mtimeMs > STALE_MS) await rm(path, { force: true })
    }
  }
}
