import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, matchesGlob, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './setup.mjs'

interface Packaging {
  files: string[]
  asar: boolean
  asarUnpack: string[]
  npmRebuild: boolean
  electronFuses: Record<string, boolean>
  mac: { identity: null }
  win: { signExecutable: boolean }
}
const read = <T>(path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as T
const packaging = read<Packaging>('build/packaging.json')
const unpacked = (path: string) => packaging.asarUnpack.some((glob) => matchesGlob(path, glob))

/** Below the packages that are shipped: what the system itself loads or starts. */
function nativeFiles(): string[] {
  const { packages } = read<{ packages: Record<string, { dev?: boolean }> }>('package-lock.json')
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev && existsSync(join(root, path)))
    .flatMap(([path]) => filesBelow(join(root, path)))
    .filter((path) => /\.(node|so|dylib|dll|exe)$/.test(path))
}

const filesBelow = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))

describe('the package', () => {
  it('holds what is started, and nothing of the sources', () => {
    const holds = (path: string) => packaging.files.some((glob) => matchesGlob(path, glob))
    const { main } = read<{ main: string }>('package.json')
    for (const path of [main, 'out/desktop/preload.cjs', 'out/renderer/index.html']) {
      expect([path, holds(path)]).toEqual([path, true])
    }
    expect(holds('src-main/app/main.ts')).toBe(false)
  })

  it('has native modules, and what is started from files, beside the archive', () => {
    const native = nativeFiles()
    expect(native.some((path) => path.includes('better-sqlite3'))).toBe(true)
    expect(native.some((path) => path.includes('node-pty'))).toBe(true)
    expect(native.filter((path) => !unpacked(path))).toEqual([])
    expect(unpacked('out/main/headless.cjs')).toBe(true)
    expect(unpacked('resources/demo.mjs')).toBe(true)
    // The desktop's own bundle stays inside, where its integrity is checked.
    expect(unpacked('out/desktop/main.cjs')).toBe(false)
    expect(packaging.npmRebuild).toBe(false)
  })

  it('is closed to those who would make another program of it', () => {
    expect(packaging.electronFuses).toMatchObject({
      // The launcher of the agents is a program for Node, and Electron is the Node that is there (base/launch.ts).
      runAsNode: true,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    })
  })

  it('is signed by nobody', () => {
    expect(packaging.mac.identity).toBeNull()
    expect(packaging.win.signExecutable).toBe(false)
  })
})
