import { chmodSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mirrorOf } from '../fixture/open.ts'
import { createScratch, type Scratch } from '../fixture/raw-repository.ts'
import { diff } from './diff.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('')

/** The difference that `change` makes to a repository of `files`, as a record by path. */
async function differenceOf(
  files: Record<string, string | Buffer>,
  change: (root: string) => void,
) {
  const root = scratch.repository(files)
  const from = scratch.git(root, 'rev-parse', 'HEAD')
  change(root)
  scratch.git(root, 'add', '-A')
  scratch.git(root, 'commit', '-q', '-m', 'change')
  const mirror = await mirrorOf(scratch, root)
  const to = scratch.git(root, 'rev-parse', 'HEAD')
  const found = await diff(mirror, { from, to })
  return {
    found,
    byPath: Object.fromEntries(found.map((file) => [file.path, file])),
    mirror,
    from,
    to,
  }
}

describe('a difference', () => {
  it('has files with counts and hunks with context', async () => {
    const { byPath } = await differenceOf({ 'a.txt': LINES, 'gone.txt': 'g\n' }, (root) => {
      scratch.write(root, {
        'a.txt': LINES.replace('line 5', 'LINE 5').replace('line 25\n', ''),
        'n.txt': 'n',
      })
      rmSync(join(root, 'gone.txt'))
    })
    expect(byPath['a.txt']).toMatchObject({
      status: 'modified',
      added: 1,
      removed: 2,
      binary: false,
    })
    expect(byPath['a.txt']?.hunks).toHaveLength(2)
    expect(byPath['a.txt']?.hunks?.[0]).toEqual({
      oldStart: 3,
      oldLines: 7,
      newStart: 3,
      newLines: 7,
      section: 'line 1',
      lines: [
        ' line 2',
        ' line 3',
        ' line 4',
        '-line 5',
        '+LINE 5',
        ' line 6',
        ' line 7',
        ' line 8',
      ],
    })
    expect(byPath['gone.txt']).toMatchObject({ status: 'deleted', removed: 1, newMode: '000000' })
    expect(byPath['n.txt']?.hunks?.[0]?.lines).toEqual(['+n', '\\ No newline at end of file'])
  })

  it('finds renames, rights, kinds, and every name', async () => {
    const { byPath } = await differenceOf(
      { 'old name.txt': LINES, run: 'x\n', kind: 'text\n', 'ü\n"q"\t.txt': 'a\n' },
      (root) => {
        renameSync(join(root, 'old name.txt'), join(root, 'new ñame.txt'))
        scratch.write(root, {
          'new ñame.txt': `${LINES}more\n`,
          'ü\n"q"\t.txt': 'b\n',
          'zz.txt': 'z\n',
        })
        chmodSync(join(root, 'run'), 0o755)
        rmSync(join(root, 'kind'))
        symlinkSync('run', join(root, 'kind'))
      },
    )
    expect(byPath['new ñame.txt']).toMatchObject({
      status: 'renamed',
      oldPath: 'old name.txt',
      added: 1,
    })
    expect(byPath['run']).toMatchObject({ oldMode: '100644', newMode: '100755', hunks: [] })
    expect(byPath['kind']).toMatchObject({ status: 'type_changed', newMode: '120000' })
    expect(byPath['kind']?.hunks?.flatMap((hunk) => hunk.lines)).toEqual([
      '-text',
      '+run',
      '\\ No newline at end of file',
    ])
    expect(byPath['ü\n"q"\t.txt']?.hunks?.[0]?.lines).toEqual(['-a', '+b'])
    expect(byPath['zz.txt']?.hunks?.[0]?.lines).toEqual(['+z'])
  })

  it('takes no content for a header', async () => {
    const fake = 'diff --git a/x b/x\n@@ -1 +1 @@\n--- a/x\n+++ b/x\r\u2028diff --git a/y b/y\n'
    const { byPath } = await differenceOf({ a: 'a\n', b: 'b\n' }, (root) =>
      scratch.write(root, { a: fake, b: `x\rdiff --git a/z b/z\r\n`, c: 'c\n' }),
    )
    expect(byPath['a']?.hunks?.[0]?.lines).toEqual([
      '-a',
      ...fake
        .split('\n')
        .slice(0, -1)
        .map((line) => `+${line}`),
    ])
    expect(byPath['c']?.hunks?.[0]?.lines).toEqual(['+c'])
  })

  it('shows binary and huge files by name, and leaves out hunks past its limits', async () => {
    const { byPath } = await differenceOf({ 'a.bin': Buffer.from([0, 1]) }, (root) =>
      scratch.write(root, {
        'a.bin': Buffer.from([0, 2]),
        'long.txt': 'l\n'.repeat(6_000),
        'one line.txt': 'x'.repeat(3_000_000),
        'small.txt': 's\n',
      }),
    )
    expect(byPath['a.bin']).toMatchObject({ binary: true })
    expect(byPath['one line.txt']).toMatchObject({ binary: true })
    expect(byPath['long.txt']).toMatchObject({ cut: true, added: 6_000, binary: false })
    expect(byPath['long.txt']?.hunks).toBeUndefined()
    expect(byPath['small.txt']?.hunks).toHaveLength(1)
  })

  it('runs no program that attributes or configuration name', async () => {
    const canary = scratch.canary('diff')
    const { mirror, from, to } = await differenceOf(
      { '.gitattributes': '* diff=evil\n', a: 'a\n' },
      (root) => scratch.write(root, { a: 'b\n' }),
    )
    scratch.git(mirror.dir, 'config', 'diff.evil.textconv', canary.command)
    scratch.git(mirror.dir, 'config', 'diff.evil.command', canary.command)
    scratch.git(mirror.dir, 'config', 'diff.external', canary.command)
    expect((await diff(mirror, { from, to }))[0]).toMatchObject({ path: 'a', added: 1 })
    expect(canary.fired()).toBe(false)
  })

  it('shows a submodule’s commit, and nothing for equal trees', async () => {
    const root = scratch.repository()
    const from = scratch.git(root, 'rev-parse', 'HEAD')
    scratch.git(root, 'update-index', '--add', '--cacheinfo', `160000,${from},sub`)
    scratch.git(root, 'commit', '-q', '-m', 'sub')
    const mirror = await mirrorOf(scratch, root)
    const to = scratch.git(root, 'rev-parse', 'HEAD')
    const [file, ...rest] = await diff(mirror, { from, to })
    expect(rest).toEqual([])
    expect(file).toMatchObject({ path: 'sub', status: 'added', newMode: '160000' })
    expect(await diff(mirror, { from: to, to })).toEqual([])
  })
})
