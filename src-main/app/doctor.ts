import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Agent,
  type Config,
  defaultConfig,
  type ErrorCode,
} from '../../src-shared/contract/index.ts'
import { createAgents } from '../agents/index.ts'
import { type Failure, systemClock } from '../base/index.ts'
import { createGit } from '../git/index.ts'
import { openStorage } from '../storage/index.ts'
import type { BootOptions } from './boot.ts'
import { attach } from './client/attach.ts'
import { readGatewayFile } from './hosting/gateway-file.ts'
import { readStoredConfig } from './settings/settings-store.ts'

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
  /**
   * Version of the library, and what could not be read and was set aside; or the process that uses it, and where
   * that one is reached; or why it cannot be opened.
   */
  state: { sqlite: string; damage: string[] } | { owner: Owner } | Failure<ErrorCode>
}

interface Owner {
  pid: number
  startedAt: string
  /** Without the token. */
  url?: string
}

export type DoctorOptions = Omit<BootOptions, 'redactor'> & { version: string }

/** Looks at everything and starts nothing; also where another orchestrator owns the data folder. */
export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  const git = await createGit(options)
  const { version, embedded } = git.ok ? git.value : { version: '', embedded: false }
  const { data, config } = await examineData(options)
  return {
    git: git.ok ? { version, embedded } : git.error,
    node: process.versions.node,
    data,
    agents: await agentsOf(options, data, config),
  }
}

async function examineData(options: DoctorOptions): Promise<{ data: DataReport; config?: Config }> {
  const { dataDir: dir, log } = options
  const storage = openStorage({ dir, clock: systemClock, log })
  const bytes = await bytesBelow(dir)
  if (!storage.ok) {
    const owner = ownerOf(dir, storage.error)
    return { data: { dir, bytes, state: owner ? { owner } : storage.error } }
  }
  const { sqliteVersion: sqlite, read } = storage.value
  const config = readStoredConfig(read)
  const damage = storage.value.damage().map(({ place, problem }) => `${place}: ${problem}`)
  storage.value.close()
  return { data: { dir, bytes, state: { sqlite, damage } }, config }
}

function ownerOf(dir: string, { code, details }: Failure): Owner | undefined {
  if (code !== 'data_folder_owned' || !details) return undefined
  const owner = details as Owner
  const served = readGatewayFile(dir, owner.pid)
  return { ...owner, ...(served ? { url: served.url } : {}) }
}

/** As the orchestrator sees them that uses the folder; else as one that would start now. */
async function agentsOf(
  options: DoctorOptions,
  { dir: dataDir, state }: DataReport,
  stored: Config = defaultConfig,
): Promise<Agent[]> {
  const { config = stored, version } = options
  // The cast of the rehearsal is no agent of the user's.
  const own = (agents: readonly Agent[]) => agents.filter(({ onRequest }) => !onRequest)
  const look = async () => own(await createAgents({ ...options, config }).list())
  if (options.config || !('owner' in state)) return await look()
  const remote = await attach({ dataDir, pid: state.owner.pid, version })
  if (!remote.ok) return await look()
  const agents = await remote.value.operations.listAgents({ refresh: 'true' })
  await remote.value.close()
  return agents.ok ? own(agents.value) : await look()
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
