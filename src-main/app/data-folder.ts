import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

interface Machine {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  home: string
}

/**
 * Where data lives when --data is not given. Linux: the XDG Base Directory Specification, which says
 * that a relative path in the variable is to be ignored.
 */
export function defaultDataDir(
  { platform, env, home }: Machine = {
    platform: process.platform,
    env: process.env,
    home: homedir(),
  },
): string {
  if (platform === 'darwin') return join(home, 'Library/Application Support/Thalogos')
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData/Local'), 'Thalogos')
  const xdg = env['XDG_DATA_HOME']
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.local/share'), 'thalogos')
}
