import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/**
 * Where a command would be found with the variables `env`, as an absolute path: itself, or the first on PATH
 * that is a file and may be executed. Undefined when there is none; what a relative path means is known only in
 * the folder where it is started.
 */
export async function locate(
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  for (const candidate of candidates(command, env)) {
    if (await isExecutable(candidate)) return candidate
  }
  return undefined
}

function candidates(command: string, env: Readonly<Record<string, string>>): string[] {
  if (command === '') return []
  if (isAbsolute(command)) return [command]
  if (/[\\/]/.test(command)) return []
  const endings = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD').split(';') : []
  return (env['PATH'] ?? env['Path'] ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap((folder) => ['', ...endings].map((ending) => join(folder, command + ending)))
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    // A folder may be "executed", too.
    return (await stat(path)).isFile()
  } catch {
    // Whatever keeps it from being looked at keeps it from being started as well.
    return false
  }
}
