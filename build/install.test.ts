import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isInstalled, nodeBinary } from './install.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'thalogos-install-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
}
const wanted = {
  '': { name: 'thalogos' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b-darwin': { version: '1.0.0', optional: true },
}
function checkout(present: unknown, lock: unknown = { packages: wanted }): void {
  write(join(root, 'package-lock.json'), lock)
  write(join(root, 'node_modules/.package-lock.json'), present)
  write(nodeBinary(root), '')
}

describe('isInstalled', () => {
  it('is true for this checkout and for one that lacks only other platforms', () => {
    expect(isInstalled(resolve('.'))).toBe(true)
    checkout({ packages: { 'node_modules/a': wanted['node_modules/a'] } })
    expect(isInstalled(root)).toBe(true)
  })

  it.each([
    ['a package is missing', { packages: {} }],
    [
      'a version differs',
      { packages: { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } } },
    ],
    [
      'a digest differs',
      { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } } },
    ],
    ['the note was cut off', '{"packages": {"node_modules/a'],
  ])('is false when %s', (_what, present) => {
    checkout(present)
    expect(isInstalled(root)).toBe(false)
  })

  it('is false without node_modules or without the runtime', () => {
    write(join(root, 'package-lock.json'), { packages: wanted })
    expect(isInstalled(root)).toBe(false)
    checkout({ packages: wanted })
    rmSync(nodeBinary(root))
    expect(isInstalled(root)).toBe(false)
  })
})

describe('ensureSystemPackages', () => {
  interface Machine {
    present: string[]
    isRoot?: boolean
    libraries?: boolean
    platform?: NodeJS.Platform
  }
  const run = ({ present, isRoot = false, libraries = true, platform }: Machine, done = true) => {
    const commands: string[] = []
    const act = () =>
      ensureSystemPackages(
        (command, args) => {
          commands.push([command, ...args].join(' '))
          return done
        },
        {
          has: (command) => present.includes(command),
          hasLibrary: () => libraries,
          isRoot,
          platform: platform ?? 'linux',
        },
      )
    return { act, commands }
  }
  const all = ['git', 'Xvfb', 'xauth']
  const present = [...all, 'chromium', 'apt-get']
  const without = (name: string) => present.filter((other) => other !== name)

  it('does nothing when all is there, a browser of another name included', () => {
    const { act, commands } = run({ present: [...all, 'google-chrome'], isRoot: true })
    act()
    run({ present: ['git'], libraries: false, platform: 'darwin' }).act()
    expect(commands).toEqual([])
  })

  it('installs as root where apt is', () => {
    const { act, commands } = run({ present: without('Xvfb'), isRoot: true })
    act()
    expect(commands).toEqual(['apt-get update', 'apt-get install -y --no-install-recommends xvfb'])
    const linked = run({ present, libraries: false, isRoot: true })
    linked.act()
    expect(linked.commands[1]).toContain(' libgtk-3-0 libnss3 libasound2 ')
  })

  it('names the line and touches nothing as anybody else', () => {
    const { act, commands } = run({ present: without('git') })
    expect(act).toThrow('apt-get install git')
    expect(run({ present: without('git').slice(0, -1) }).act).toThrow('install first: git')
    expect(commands).toEqual([])
  })

  it('fails when the installation fails', () => {
    const { act } = run({ present: without('git'), isRoot: true }, false)
    expect(act).toThrow('could not be installed')
  })
})
