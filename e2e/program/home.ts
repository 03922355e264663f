import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { kill, processesOf } from './processes.ts'
import { makeReady } from './program.ts'

/** A folder for each test with an empty home in it, and the built program ready; nothing is left of it afterwards. */
export function useHome(): { readonly dir: string; readonly home: string } {
  const place = { dir: '', home: '' }
  beforeEach(async () => {
    place.dir = realpathSync(mkdtempSync(join(tmpdir(), 'thalogos e2e ü ')))
    place.home = join(place.dir, 'home')
    mkdirSync(place.home)
    await makeReady(place.home)
  })
  afterEach(() => {
    kill(processesOf(place.dir))
    rmSync(place.dir, { recursive: true, force: true, maxRetries: 5 })
  })
  return place
}
