import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kill, processesOf } from '../program/processes.ts'
import { userEnvironment } from '../program/program.ts'

/** The machine of a user who is new to the program. */
export interface Place {
  dir: string
  home: string
  /** The data folder that the program chooses by itself there. */
  data: string
  env: Readonly<Record<string, string>>
  /** Ends what still runs there; nothing is left of it. */
  close(): void
}

/** A folder with an empty home in it; in its name a space and a letter beyond ASCII. */
export function openPlace(): Place {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'thalogos story ü ')))
  const home = join(dir, 'home')
  mkdirSync(home)
  const { env, data } = surroundings(home)
  return {
    dir,
    home,
    data,
    env,
    close() {
      kill(processesOf(dir))
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function surroundings(home: string): Pick<Place, 'env' | 'data'> {
  const env = userEnvironment(home)
  if (process.platform === 'darwin') {
    return { env, data: join(home, 'Library/Application Support/Thalogos') }
  }
  if (process.platform !== 'win32') return { env, data: join(home, '.local/share/thalogos') }
  const local = join(home, 'AppData/Local')
  const roaming = join(home, 'AppData/Roaming')
  const { SystemRoot = 'C:\\Windows', TEMP = tmpdir() } = process.env
  const windows = { USERPROFILE: home, LOCALAPPDATA: local, APPDATA: roaming, SystemRoot, TEMP }
  return { env: { ...env, ...windows }, data: join(local, 'Thalogos') }
}
