import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Agent, ErrorCode } from '../../src-shared/contract/index.ts'
import { createAgents } from '../agents/index.ts'
import { type Failure, systemClock } from '../base/index.ts'
import { createGit } from '../git/index.ts'
import { openStorage } from '../storage/index.ts'
import type { BootOptions } from './boot.ts'

/** What work depends on, part by part; a part that is missing says why and keeps no other from being looked at. */
export interface DoctorReport {
  git: { version: string; embedded: boolean } | Failure<ErrorCode>
  /** Version of the runtime, for example `24.21.0`. */
  node: string
  data: DataReport
  agents: Agent[]
}

interface DataReport {
  dir: string
  /** What the folder holds on disk. */
  bytes: number
  /** Version of the library, and what could not be read and was set aside; or why it cannot be opened. */
  state: { sqlite: string; damage: string[] } | Failure<ErrorCode>
}

export type DoctorOptions = Omit<BootOptions, 'redactor'>

/** Looks at everything and starts nothing; also where another orchestrator owns the data folder. */
export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  const git = await createGit(options)
  const { version, embedded } = git.ok ? git.value : { version: '', embedded: false }
  return {
    git: git.ok ? { version, embedded } : git.error,
    node: process.versions.node,
    data: await examineData(options),
    agents: await createAgents(options).list(),
  }
}

async function examineData({ dataDir: dir, log }: DoctorOptions): Promise<DataReport> {
  const storage = openStorage({ dir, clock: systemClock, log })
  const bytes = await bytesBelow(dir)
  if (!storage.ok) return { dir, bytes, state: storage.error }
  const { sqliteVersion: sqlite } = storage.value
  const damage = storage.value.damage().map(({ place, problem }) => `${place}: ${problem}`)
  storage.value.close()
  return { dir, bytes, state: { sqlite, damage } }
}

/** Sizes of all files below a folder; what vanishes meanwhile, or never was, counts nothing. */
async function bytesBelow(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(gone([]))
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(join(entry.parentPath, entry.name)).then(({ size }) => size, gone(0))),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EACCES'])

const gone =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (ABSENT.has(error.code)) return instead
    throw error
  }
