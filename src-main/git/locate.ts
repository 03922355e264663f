import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { resolveGitBinary } from 'dugite'

type Environment = Readonly<Record<string, string | undefined>>

/** A git that was found, as the variables by which dugite is told about it. */
export interface GitHome {
  embedded: boolean
  env: Readonly<Record<string, string>>
}

const BINARY = process.platform === 'win32' ? 'git.exe' : 'git'
// Below its folder dugite looks for git here (its resolveGitBinary).
const IN_HOME = process.platform === 'win32' ? ['cmd', 'git.exe'] : ['bin', 'git']
// /usr/lib/git-core and <prefix>/libexec/git-core lie two below the prefix, mingw64/libexec/git-core three.
const PREFIXES = [
  ['..', '..'],
  ['..', '..', '..'],
]
// Answering where it lies takes milliseconds; Apple's stand-in for a missing git asks a person and waits.
const PATIENCE_MS = 10_000

/** Finds the embedded git, else the system's: the first on PATH that answers. */
export async function locateGit(environment: Environment): Promise<GitHome | undefined> {
  // An empty string keeps dugite from reading the same variable of this process (its default).
  const embedded = { LOCAL_GIT_DIRECTORY: '', GIT_EXEC_PATH: '' }
  if (await isExecutable(resolveGitBinary(''))) return { embedded: true, env: embedded }
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue
    const home = await askGit(join(folder, BINARY), environment)
    if (home) return home
  }
  return undefined
}

async function askGit(binary: string, environment: Environment): Promise<GitHome | undefined> {
  if (!(await isExecutable(binary))) return undefined
  const execPath = await ask(binary, ['--exec-path'], environment)
  if (!execPath || !isAbsolute(execPath)) return undefined
  for (const steps of PREFIXES) {
    const home = join(execPath, ...steps)
    if (!(await isExecutable(join(home, ...IN_HOME)))) continue
    const system = await ask(binary, ['config', '--system', '--show-origin', '-lz'], environment)
    return {
      embedded: false,
      env: {
        LOCAL_GIT_DIRECTORY: home,
        GIT_EXEC_PATH: execPath,
        // dugite would name a file below its own folder, and so hide the machine's settings.
        GIT_CONFIG_SYSTEM: system?.match(/^file:([^\0]+)/)?.[1] ?? '/etc/gitconfig',
      },
    }
  }
  return undefined
}

async function ask(
  binary: string,
  args: string[],
  environment: Environment,
): Promise<string | undefined> {
  const env = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')),
  )
  try {
    const { stdout } = await promisify(execFile)(binary, args, { env, timeout: PATIENCE_MS })
    return stdout.trim()
  } catch {
    // Not a git, or one that has no system settings: both are an answer.
    return undefined
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
