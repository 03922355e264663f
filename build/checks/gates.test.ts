import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { boundaries } from './boundaries.mjs'
import { findings, layout } from './layout.mjs'
import { complete, lockfile } from './lockfile.mjs'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'thalogos-gates-'))
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

const sources = {
  'src-main/base/index.ts': "export { one } from './one.ts'\n",
  'src-main/base/one.ts': 'export const one = 1\nexport interface One {\n  n: number\n}\n',
  'src-main/git/index.ts': "export { two } from './two.ts'\n",
  'src-main/git/two.ts': "import { one } from '../base/index.ts'\n\nexport const two = one + 1\n",
  'src-shared/contract/index.ts': "import * as z from 'zod'\n\nexport const shape = z.string()\n",
}

describe('boundaries', () => {
  it('accepts sources that keep to the layers', async () => {
    write(sources)
    expect(await boundaries(root)).toEqual({ ok: true, output: '' })
  })

  it.each([
    [
      'a cycle, even of types alone',
      'no-cycle',
      {
        'src-main/base/one.ts':
          "import type { B } from './b.ts'\n\nexport const one = 1\nexport type A = B\n",
        'src-main/base/b.ts': "import type { A } from './one.ts'\n\nexport type B = A[]\n",
      },
    ],
    [
      'an import upwards',
      'layer-of-base',
      {
        'src-main/base/one.ts': "import { two } from '../git/index.ts'\n\nexport const one = two\n",
        'src-main/git/two.ts': 'export const two = 2\n',
      },
    ],
    [
      'a peer of the same layer',
      'layer-of-agents',
      {
        'src-main/agents/index.ts':
          "import { two } from '../git/index.ts'\n\nexport const three = two\n",
      },
    ],
    [
      'a way past the front door',
      'front-door',
      {
        'src-main/git/two.ts': "import { one } from '../base/one.ts'\n\nexport const two = one\n",
      },
    ],
    [
      'a module’s value used by its peer',
      'orchestration-peers-type-only',
      {
        'src-main/tasks/index.ts': 'export const tasks = 1\n',
        'src-main/sessions/index.ts':
          "import { tasks } from '../tasks/index.ts'\n\nexport const sessions = tasks\n",
      },
    ],
    [
      'a power outside its home',
      'home-of-better-sqlite3',
      {
        'src-main/git/two.ts':
          "import Database from 'better-sqlite3'\n\nexport const two = Database\n",
      },
    ],
    [
      'Electron below the app',
      'home-of-electron',
      {
        'src-main/git/two.ts': "import { app } from 'electron'\n\nexport const two = app\n",
      },
    ],
    [
      'Node in the page',
      'no-node-outside-main',
      {
        'src-renderer/app/page.ts':
          "import { join } from 'node:path'\n\nexport const path = join('a')\n",
      },
    ],
    [
      'a page that reaches into main',
      'process-walls',
      {
        'src-renderer/app/page.ts':
          "import { one } from '../../src-main/base/index.ts'\n\nexport const x = one\n",
      },
    ],
    [
      'a contract that needs more than zod',
      'shared-imports-only-zod',
      {
        'src-shared/contract/index.ts':
          "import { parse } from 'jsonc-parser'\n\nexport const shape = parse\n",
      },
    ],
    [
      'features that know one another',
      'feature-island',
      {
        'src-renderer/features/chat/index.ts': 'export const chat = 1\n',
        'src-renderer/features/board/index.ts':
          "import { chat } from '../chat/index.ts'\n\nexport const board = chat\n",
      },
    ],
  ])('catches %s', async (_what, rule, files) => {
    write({ ...sources, ...(files as Record<string, string>) })
    const { ok, output } = await boundaries(root)
    expect(ok).toBe(false)
    expect(output).toContain(`${rule}:`)
  })

  it('fails when it did not look at a file', async () => {
    write({ ...sources, 'src-main/git/recordings/skipped.ts': 'export const skipped = 1\n' })
    const { ok, output } = await boundaries(root)
    expect(ok).toBe(false)
    expect(output).toBe('src-main/git/recordings/skipped.ts: was not looked at')
  })
})

describe('layout', () => {
  it('accepts full folders, counting no tests', () => {
    const files = Array.from({ length: 20 }, (_, n) => `src-main/git/verb-${n}.ts`)
    expect(findings([...files, ...files.map((file) => file.replace('.ts', '.test.ts'))])).toEqual(
      [],
    )
    expect(findings([...files, 'src-main/git/one-more.ts'])).toHaveLength(1)
  })

  it.each([
    'src-main/git/utils.ts',
    'src-main/git/path-helpers.test.ts',
    'src-renderer/base/common.css',
    'src-main/agents/session-manager.ts',
  ])('catches the name %s', (file) => {
    expect(findings([file])).toHaveLength(1)
  })

  it('catches what lies too deep', () => {
    expect(findings(['src-main/agents/codex/parser/item.ts'])).toEqual([])
    expect(findings(['src-main/agents/codex/parser/items/item.ts'])).toHaveLength(1)
  })

  it('looks at files that are not committed yet, not at ignored ones', async () => {
    execFileSync('git', ['init', '-q', root])
    write({ '.gitignore': 'node_modules\nout/\n', 'out/utils.ts': '', 'src-main/utils.ts': '' })
    expect((await layout(root)).output).toContain('src-main/utils.ts')
    expect((await layout(root)).output).not.toContain('out/utils.ts')
  })
})

describe('lockfile', () => {
  const entry = { version: '1.0.0', optionalDependencies: { 'tool-linux-x64-musl': '1.0.0' } }
  const lock = (packages: Record<string, object>) =>
    write({ 'package-lock.json': JSON.stringify({ packages: { '': {}, ...packages } }) })

  it('catches a platform that has no entry, and writes it', async () => {
    lock({ 'node_modules/tool': entry })
    expect((await lockfile(root)).output).toContain('tool-linux-x64-musl')
    const whole = complete({ packages: { '': {}, 'node_modules/tool': entry } })
    expect(whole.packages['node_modules/tool-linux-x64-musl']).toEqual({
      version: '1.0.0',
      cpu: ['x64'],
      libc: ['musl'],
      os: ['linux'],
      optional: true,
    })
    lock(whole.packages)
    expect(await lockfile(root)).toEqual({ ok: true, output: '' })
  })

  it('catches a download address', async () => {
    lock({ 'node_modules/tool': { version: '1.0.0', resolved: 'https://example.org/tool.tgz' } })
    expect((await lockfile(root)).ok).toBe(false)
  })

  it('looks into what the end-to-end tests install, too', async () => {
    lock({})
    write({
      'e2e/tools/older/package-lock.json': JSON.stringify({
        packages: { '': {}, 'node_modules/tool': entry },
      }),
    })
    expect((await lockfile(root)).output).toContain('tools/older/package-lock.json')
  })

  it('holds for this checkout', async () => {
    expect(await lockfile(resolve('.'))).toEqual({ ok: true, output: '' })
  })
})
