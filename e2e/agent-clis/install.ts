import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = join(import.meta.dirname, '..', '..', '.cache', 'agent-clis')

/** Absolute paths of the commands. */
export interface AgentClis {
  codex: string
  claude: string
  gemini: string
}

/** The versions that the adapters were made with, or one of each from months before. */
export type Vintage = 'current' | 'older'

/**
 * Installs the agent CLIs from their own lockfile, once for each state of it, and gives their paths.
 * Made beside and renamed into place, so that test files may call it at the same time.
 */
export async function installAgentClis(vintage: Vintage = 'current'): Promise<AgentClis> {
  const source = vintage === 'current' ? import.meta.dirname : join(import.meta.dirname, vintage)
  const lockfile = await readFile(join(source, 'package-lock.json'))
  const home = join(cache, createHash('sha256').update(lockfile).digest('hex').slice(0, 16))
  if (!existsSync(home)) await install(source, home)
  const command = (name: string) => join(home, 'node_modules', '.bin', name)
  return { codex: command('codex'), claude: command('claude'), gemini: command('gemini') }
}

async function install(source: string, home: string): Promise<void> {
  const making = `${home}.${randomUUID()}`
  await mkdir(making, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) {
    await copyFile(join(source, file), join(making, file))
  }
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const options = { cwd: making }
  await run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], options)
  // Claude Code's command is a placeholder until its own script has linked this platform's binary there.
  const script = join(making, 'node_modules/@anthropic-ai/claude-code/install.cjs')
  await run(process.execPath, [script], options)
  try {
    await rename(making, home)
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    // Another test file was faster: its installation is the same.
    if (!existsSync(home)) throw error
  }
}
