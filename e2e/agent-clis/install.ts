import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const here = import.meta.dirname
const cache = join(here, '..', '..', '.cache', 'agent-clis')

export interface AgentClis {
  codex: string
}

/**
 * Installs the agent CLIs from their own lockfile, once for each state of it, and gives their paths.
 * Made beside and renamed into place, so that test files may call it at the same time.
 */
export async function installAgentClis(): Promise<AgentClis> {
  const lockfile = await readFile(join(here, 'package-lock.json'))
  const home = join(cache, createHash('sha256').update(lockfile).digest('hex').slice(0, 16))
  if (!existsSync(home)) await install(home)
  return { codex: join(home, 'node_modules', '.bin', 'codex') }
}

async function install(home: string): Promise<void> {
  const making = `${home}.${randomUUID()}`
  await mkdir(making, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) {
    await copyFile(join(here, file), join(making, file))
  }
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  await promisify(execFile)(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: making,
  })
  try {
    await rename(making, home)
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    // Another test file was faster: its installation is the same.
    if (!existsSync(home)) throw error
  }
}
