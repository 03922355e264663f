import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const FILE = 'gateway.json'
// The tokens in it open everything: nobody else reads it, whatever the umask and the folder's mode.
const FILE_MODE = 0o600

// A client sends the token there, so it must be this machine.
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/

const servedSchema = z.object({
  url: z.url().refine((text) => {
    const { protocol, hostname } = new URL(text)
    return protocol === 'http:' && LOOPBACK.test(hostname)
  }),
  token: z.string().min(1),
  metricsToken: z.string().min(1),
  pid: z.number().int().positive(),
  version: z.string(),
  startedAt: z.iso.datetime(),
})

/** Where the orchestrator that owns a data folder is reached, and with which tokens. */
export type Served = z.output<typeof servedSchema>

/** Says it in the data folder, in one step. Its owner alone may do so. */
export function writeGatewayFile(dir: string, served: Served): void {
  const file = join(dir, FILE)
  const fresh = `${file}.new`
  // Not over what a killed process left: that could be readable.
  rmSync(fresh, { force: true })
  writeFileSync(fresh, `${JSON.stringify(served)}\n`, { mode: FILE_MODE, flag: 'wx' })
  chmodSync(fresh, FILE_MODE)
  renameSync(fresh, file)
}

/**
 * What the process `pid`, which owns the data folder, said there. What another one said is stale: the lock decides
 * who the owner is, not the file.
 */
export function readGatewayFile(dir: string, pid: number): Served | undefined {
  let text: string
  try {
    text = readFileSync(join(dir, FILE), 'utf8')
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code)) return undefined
    throw error
  }
  const served = servedSchema.safeParse(parse(text)).data
  return served?.pid === pid ? served : undefined
}

export function removeGatewayFile(dir: string): void {
  rmSync(join(dir, FILE), { force: true })
}

const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EACCES'])

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Somebody wrote into it by hand: then it names nobody.
    return undefined
  }
}
