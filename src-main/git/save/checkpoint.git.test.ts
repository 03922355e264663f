import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createScratch } from '../fixture/raw-repository.ts'
import { createSaveScene, memoryJournal, type SaveScene } from '../fixture/save-scene.ts'
import { checkSave, saveCheckpoint } from './checkpoint.ts'

describe('saveCheckpoint', () => {
  let scene: SaveScene
  let at: (path: string) => string
  beforeEach(async () => {
    scene = await createSaveScene()
    at = (path) => join(scene.root, path)
  })
  afterEach(() => scene.scratch.remove())

  it('moves branch, tag, index and files together and leaves everything else alone', async () => {
    const { git, mirror } = scene
    writeFileSync(at('stashed.txt'), 'stashed')
    git('stash', '-u')
    writeFileSync(at('x.ignored'), 'ignored')
    writeFileSync(at('untracked.txt'), 'untracked')
    writeFileSync(at('keep.txt'), 'edited, not staged\n')
    writeFileSync(at('staged.txt'), 'staged\n')
    git('add', 'staged.txt')
    const to = scene.work({ 'a.txt': 'new a\n', 'b/c.txt': undefined, 'd/e/f.txt': 'f\n' })
    const stash = git('rev-parse', 'stash@{0}')
    const config = readFileSync(at('.git/config'), 'utf8')
    const journal = memoryJournal()
    const saved = await saveCheckpoint(mirror, scene.request(to, { journal }))
    expect(saved).toMatchObject({ ok: true, value: { commit: to, tag: 'thalogos/s1/1', kept: [] } })
    expect(git('rev-parse', 'main', 'refs/tags/thalogos/s1/1^{commit}')).toBe(`${to}\n${to}`)
    expect(git('cat-file', '-t', 'thalogos/s1/1')).toBe('tag')
    expect(git('for-each-ref', '--format=%(contents)', 'refs/tags')).toContain('Session: s1')
    expect(git('status', '--porcelain', '--ignored')).toBe(
      ' M keep.txt\nA  staged.txt\n?? untracked.txt\n!! x.ignored',
    )
    expect(git('diff-files', '--name-only')).toBe('keep.txt')
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('new a\n')
    expect(existsSync(at('b'))).toBe(false)
    expect(readFileSync(at('x.ignored'), 'utf8')).toBe('ignored')
    expect(git('rev-parse', 'stash@{0}')).toBe(stash)
    expect(readFileSync(at('.git/config'), 'utf8')).toBe(config)
    expect(git('reflog', '-1', 'main')).toContain('thalogos: save thalogos/s1/1')
    expect(existsSync(at('.git/thalogos'))).toBe(false)
    expect(existsSync(at('.git/index.lock'))).toBe(false)
    expect(existsSync(at('.git/FETCH_HEAD'))).toBe(false)
    expect(git('fsck', '--strict', '--no-dangling')).toBe('')
    expect(journal.open()).toHaveLength(1)
  })

  it('handles a file that becomes a folder, a folder that becomes a file, links and modes', async () => {
    const { git, mirror, base } = scene
    const first = scene.work({ 'b/c.txt': undefined, b: 'a file now\n', 'a.txt': undefined })
    expect((await saveCheckpoint(mirror, scene.request(first))).ok).toBe(true)
    expect(git('status', '--porcelain')).toBe('')
    const clone = join(scene.scratch.dir, 'agent clone')
    const second = scene.work({ b: undefined, 'b/c/d.txt': 'deep\n', 'a.txt/x': 'x\n' }, first)
    symlinkSync('keep.txt', join(clone, 'link'))
    chmodSync(join(clone, 'keep.txt'), 0o755)
    scene.scratch.git(clone, 'add', '-A')
    scene.scratch.git(clone, 'commit', '-q', '-m', 'third')
    scene.scratch.git(clone, 'push', '-q', '-f', 'origin', 'HEAD:refs/heads/session/s1/integration')
    const third = scene.scratch.git(clone, 'rev-parse', 'HEAD')
    const saved = await saveCheckpoint(mirror, scene.request(third, { from: first, n: 2 }))
    expect(saved).toMatchObject({ ok: true })
    expect(git('status', '--porcelain')).toBe('')
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
    expect(lstatSync(at('keep.txt')).mode & 0o111).toBe(0o111)
    expect(git('merge-base', '--is-ancestor', second, 'main')).toBe('')
    expect(base).not.toBe(third)
  })

  it('writes files as the user’s configuration and new attributes say', async () => {
    const { git, mirror } = scene
    git('config', 'core.autocrlf', 'true')
    git('config', 'filter.up.smudge', 'tr a-z A-Z')
    git('config', 'filter.up.clean', 'tr A-Z a-z')
    const to = scene.work({
      'new.txt': 'one\ntwo\n',
      'x.up': 'shout\n',
      '.gitattributes': '*.up filter=up -text\n',
    })
    expect((await saveCheckpoint(mirror, scene.request(to))).ok).toBe(true)
    expect(readFileSync(at('new.txt'), 'utf8')).toBe('one\r\ntwo\r\n')
    expect(readFileSync(at('x.up'), 'utf8')).toBe('SHOUT\n')
    expect(git('status', '--porcelain')).toBe('')
    const next = scene.work({ 'new.txt': 'three\n', 'x.up': 'again\n' }, to)
    utimesSync(at('new.txt'), 1, 1)
    utimesSync(at('x.up'), 1, 1)
    const saved = await saveCheckpoint(mirror, scene.request(next, { from: to, n: 2 }))
    expect(saved).toMatchObject({ ok: true })
    expect(git('status', '--porcelain')).toBe('')
  })

  it('moves only refs when another branch is checked out, or none, whatever state the files are in', async () => {
    const { git, mirror } = scene
    const first = scene.work({ 'a.txt': 'one\n' })
    git('checkout', '-q', '--detach')
    writeFileSync(at('.git/index.lock'), '')
    writeFileSync(at('a.txt'), 'mine\n')
    expect((await saveCheckpoint(mirror, scene.request(first))).ok).toBe(true)
    expect(git('rev-parse', 'main')).toBe(first)
    rmSync(at('.git/index.lock'))
    git('checkout', '-q', '-b', 'mine')
    const second = scene.work({ 'a.txt': 'two\n' }, first)
    const saved = await saveCheckpoint(mirror, scene.request(second, { from: first, n: 2 }))
    expect(saved.ok).toBe(true)
    expect(git('rev-parse', 'main')).toBe(second)
    expect(git('status', '--porcelain')).toBe(' M a.txt')
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('mine\n')
    expect(readFileSync(at('.git/HEAD'), 'utf8')).toBe('ref: refs/heads/mine\n')
  })

  it('runs no hook, signs nothing, asks nobody', async () => {
    const { git, mirror } = scene
    const canary = scene.scratch.canary('hook')
    for (const name of ['reference-transaction', 'post-checkout', 'post-index-change', 'update']) {
      scene.scratch.write(scene.root, { [`.git/hooks/${name}`]: `#!/bin/sh\n${canary.command}\n` })
      chmodSync(at(`.git/hooks/${name}`), 0o755)
    }
    git('config', 'tag.gpgSign', 'true')
    git('config', 'gpg.program', '/nonexistent')
    const to = scene.work({ 'a.txt': 'x\n' })
    expect((await saveCheckpoint(mirror, scene.request(to))).ok).toBe(true)
    expect(canary.fired()).toBe(false)
  })

  it('saves file names that are no UTF-8, very many objects and a split index', async () => {
    const { git, mirror } = scene
    git('update-index', '--split-index')
    const odd = Object.fromEntries(
      Array.from({ length: 150 }, (_, n) => [`many/${n} ü\n"`, `${n}`]),
    )
    const first = scene.work(odd)
    const clone = Buffer.from(join(scene.scratch.dir, 'agent clone/'))
    writeFileSync(Buffer.concat([clone, Buffer.from([0xff, 0xfe, 0x41])]), 'latin')
    const path = clone.toString()
    scene.scratch.git(path, 'add', '-A')
    scene.scratch.git(path, 'commit', '-q', '-m', 'odd')
    scene.scratch.git(path, 'push', '-q', '-f', 'origin', 'HEAD:refs/heads/session/s1/integration')
    const to = scene.scratch.git(path, 'rev-parse', 'HEAD')
    const saved = await saveCheckpoint(mirror, scene.request(to))
    expect(saved).toMatchObject({ ok: true })
    expect(git('status', '--porcelain')).toBe('')
    if (saved.ok) await saved.value.cleaned
    expect(existsSync(at('.git/thalogos'))).toBe(false)
    expect(git('diff-files')).toBe('')
    expect(git('fsck', '--strict', '--no-dangling')).toBe('')
    expect(first).not.toBe(to)
  })

  it('works where the origin checkout is a linked worktree', async () => {
    const { scratch } = scene
    const linked = join(scratch.dir, 'linked tree')
    scene.git('checkout', '-q', '--detach')
    scene.git('worktree', 'add', '-q', linked, 'main')
    const own = await createSaveScene({}, { scratch, root: linked })
    const to = own.work({ 'a.txt': 'linked\n', 'new/one.txt': '1\n' })
    expect(await saveCheckpoint(own.mirror, own.request(to))).toMatchObject({ ok: true })
    expect(own.git('status', '--porcelain')).toBe('')
    expect(readFileSync(join(linked, 'a.txt'), 'utf8')).toBe('linked\n')
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('a\n')
    expect(own.git('rev-parse', 'main')).toBe(to)
  })

  it('leaves submodules alone and moves only their entry', async () => {
    const { git, mirror, scratch } = scene
    const inner = scratch.repository({ 'inner.txt': '1\n' })
    const one = scratch.git(inner, 'rev-parse', 'HEAD')
    scratch.git(inner, 'commit', '-q', '--allow-empty', '-m', 'two')
    const two = scratch.git(inner, 'rev-parse', 'HEAD')
    git('clone', '-q', inner, 'sub')
    scratch.git(at('sub'), 'checkout', '-q', one)
    git('update-index', '--add', '--cacheinfo', `160000,${one},sub`)
    git('commit', '-q', '-m', 'with sub')
    const from = git('rev-parse', 'main')
    scratch.git(mirror.dir, 'fetch', '-q', scene.root, '+refs/heads/*:refs/origin/heads/*')
    scene.work({ 'a.txt': 'x\n' }, from)
    const clone = join(scratch.dir, 'agent clone')
    scratch.git(clone, 'update-index', '--cacheinfo', `160000,${two},sub`)
    scratch.git(clone, 'commit', '-q', '-m', 'sub moves')
    scratch.git(clone, 'push', '-q', '-f', 'origin', 'HEAD:refs/heads/session/s1/integration')
    const to = scratch.git(clone, 'rev-parse', 'HEAD')
    expect(await saveCheckpoint(mirror, scene.request(to, { from }))).toMatchObject({ ok: true })
    expect(git('ls-files', '-s', 'sub')).toContain(two)
    expect(scratch.git(at('sub'), 'rev-parse', 'HEAD')).toBe(one)
    expect(readFileSync(at('sub/inner.txt'), 'utf8')).toBe('1\n')
  })

  it.each([
    ['of version 4', ['update-index', '--index-version', '4'], 4],
    ['of version 3', ['update-index', '--skip-worktree', 'keep.txt'], 3],
  ])('keeps an index %s as it is', async (_name, command, version) => {
    const { git, mirror } = scene
    git(...command)
    const to = scene.work({ 'a.txt': 'x\n', 'b/new.txt': 'y\n' })
    expect(await saveCheckpoint(mirror, scene.request(to))).toMatchObject({ ok: true })
    expect(readFileSync(at('.git/index')).readUInt32BE(4)).toBe(version)
    expect(git('status', '--porcelain')).toBe('')
    expect(git('write-tree')).toBe(git('rev-parse', `${to}^{tree}`))
  })

  it('never lets an edit made in the index’s own second pass for unmodified', async () => {
    const { git, mirror } = scene
    const to = scene.work({ 'a.txt': 'x\n' })
    const second = new Date(Math.floor(Date.now() / 1000) * 1000)
    utimesSync(at('keep.txt'), second, second)
    git('update-index', '--refresh')
    utimesSync(at('.git/index'), second, second)
    writeFileSync(at('keep.txt'), 'KEEP\n')
    utimesSync(at('keep.txt'), second, second)
    expect(await saveCheckpoint(mirror, scene.request(to))).toMatchObject({ ok: true })
    expect(git('status', '--porcelain')).toBe(' M keep.txt')
  })

  it('saves where objects have SHA-256 names', async () => {
    const scratch = createScratch()
    const root = scratch.repository({ 'a.txt': 'a\n', 'd/e.txt': 'e\n' }, [
      '--object-format=sha256',
    ])
    const other = await createSaveScene({}, { scratch, root })
    const to = other.work({ 'a.txt': 'b\n', 'd/f.txt': 'f\n' })
    expect(await saveCheckpoint(other.mirror, other.request(to))).toMatchObject({ ok: true })
    expect(other.git('status', '--porcelain')).toBe('')
    expect(other.git('fsck', '--strict', '--no-dangling')).toBe('')
    scratch.remove()
  })

  it('refuses names that would meet where case makes no difference', async () => {
    const { git, mirror } = scene
    git('config', 'core.ignoreCase', 'true')
    const repository = {
      ...mirror.repository,
      core: { ...mirror.repository.core, ignoreCase: true },
    }
    const folding = { ...mirror, repository }
    const clash = scene.work({ 'KEEP.txt': 'shout\n' })
    const before = scene.print()
    expect(await saveCheckpoint(folding, scene.request(clash))).toMatchObject({
      error: { code: 'files_in_the_way', details: { paths: [{ path: 'KEEP.txt', why: 'case' }] } },
    })
    expect(scene.print()).toEqual(before)
    const renamed = scene.work({ 'KEEP.txt': 'keep\n', 'keep.txt': undefined })
    expect(await saveCheckpoint(folding, scene.request(renamed))).toMatchObject({ ok: true })
    expect(existsSync(at('keep.txt'))).toBe(false)
    expect(git('status', '--porcelain')).toBe('')
  })

  it('lists a hundred of the files in the way and counts all', async () => {
    const many = Object.fromEntries(Array.from({ length: 130 }, (_, n) => [`many/${n}`, `${n}`]))
    const to = scene.work(many)
    scene.scratch.write(scene.root, many)
    const refused = await saveCheckpoint(scene.mirror, scene.request(to))
    expect(refused).toMatchObject({ error: { code: 'files_in_the_way', details: { total: 130 } } })
    if (refused.ok) return
    expect((refused.error.details as { paths: unknown[] }).paths).toHaveLength(100)
  })

  it('says that there is nothing to save', async () => {
    const { mirror, base } = scene
    const to = scene.work({ 'a.txt': 'x\n' })
    const journal = memoryJournal()
    for (const from of [base, to]) {
      expect(await saveCheckpoint(mirror, scene.request(base, { from, journal }))).toMatchObject({
        ok: false,
        error: { code: 'save_nothing' },
      })
    }
    expect(await checkSave(mirror, { target: 'main', to })).toEqual({
      ok: true,
      value: { from: base, checkedOut: true, changed: 1, moved: false },
    })
    expect(journal.open()).toEqual([])
  })

  it('leaves nothing behind when a filter of the user fails', async () => {
    const { git, mirror } = scene
    git('config', 'filter.broken.smudge', 'false')
    git('config', 'filter.broken.required', 'true')
    const to = scene.work({ '.gitattributes': '*.bin filter=broken\n', 'x.bin': 'x' })
    const before = scene.print()
    const journal = memoryJournal()
    await expect(saveCheckpoint(mirror, scene.request(to, { journal }))).rejects.toThrow('broken')
    expect(scene.print()).toEqual(before)
    expect(journal.open()).toEqual([])
  })

  it('goes on from where the target is when it moved along to a part of the work', async () => {
    const { git, mirror, base } = scene
    const first = scene.work({ 'a.txt': 'one\n' })
    const second = scene.work({ 'keep.txt': 'two\n' }, first)
    git('fetch', '-q', mirror.dir, 'session/s1/integration')
    git('merge', '-q', '--ff-only', first)
    expect(await saveCheckpoint(mirror, scene.request(second, { from: base }))).toMatchObject({
      ok: true,
    })
    expect(git('status', '--porcelain')).toBe('')
    expect(git('rev-parse', 'main')).toBe(second)
  })
})

type Trouble = [name: string, code: string, make: (scene: SaveScene) => void]

const TROUBLES: Trouble[] = [
  [
    'a tracked file is modified',
    'files_in_the_way',
    ({ root }) => writeFileSync(join(root, 'a.txt'), 'mine\n'),
  ],
  [
    'one is modified at the same size and age',
    'files_in_the_way',
    ({ root, git }) => {
      const time = new Date('2001-01-01')
      utimesSync(join(root, 'a.txt'), time, time)
      git('update-index', '--refresh')
      writeFileSync(join(root, 'a.txt'), 'b\n')
      utimesSync(join(root, 'a.txt'), time, time)
    },
  ],
  [
    'a change is staged',
    'files_in_the_way',
    ({ root, git }) => {
      writeFileSync(join(root, 'a.txt'), 'mine\n')
      git('add', 'a.txt')
    },
  ],
  [
    'the very same change is staged',
    'files_in_the_way',
    ({ root, git }) => {
      writeFileSync(join(root, 'a.txt'), 'new a\n')
      git('add', 'a.txt')
    },
  ],
  [
    'a file that goes is modified',
    'files_in_the_way',
    ({ root }) => appendFileSync(join(root, 'b/c.txt'), 'x'),
  ],
  ['a tracked file is missing', 'files_in_the_way', ({ root }) => rmSync(join(root, 'a.txt'))],
  [
    'a file was taken out of the index',
    'files_in_the_way',
    ({ git }) => void git('rm', '-q', '--cached', 'a.txt'),
  ],
  [
    'an untracked file stands in the way',
    'files_in_the_way',
    ({ root, scratch }) => scratch.write(root, { 'd/e.txt': 'u' }),
  ],
  [
    'an untracked file of the same content stands in the way',
    'files_in_the_way',
    ({ root, scratch }) => scratch.write(root, { 'd/e.txt': 'e\n' }),
  ],
  [
    'an ignored file stands in the way',
    'files_in_the_way',
    ({ root }) => writeFileSync(join(root, 'f.ignored'), 'i'),
  ],
  [
    'a folder stands in the way',
    'files_in_the_way',
    ({ root, scratch }) => scratch.write(root, { 'd/e.txt/inner': 'u' }),
  ],
  [
    'a file stands where a folder belongs',
    'files_in_the_way',
    ({ root }) => writeFileSync(join(root, 'd'), 'u'),
  ],
  [
    'a folder on the way is a link',
    'files_in_the_way',
    ({ root }) => symlinkSync('/tmp', join(root, 'd')),
  ],
  [
    'a tracked folder was replaced by a link',
    'files_in_the_way',
    ({ root }) => {
      renameSync(join(root, 'b'), join(root, 'elsewhere'))
      symlinkSync('elsewhere', join(root, 'b'))
    },
  ],
  [
    'a folder on the way is a repository of its own',
    'files_in_the_way',
    (scene) => {
      mkdirSync(join(scene.root, 'd'))
      scene.scratch.git(join(scene.root, 'd'), 'init', '-q')
    },
  ],
  [
    'a file is marked as unchanged',
    'files_in_the_way',
    ({ git }) => void git('update-index', '--assume-unchanged', 'a.txt'),
  ],
  [
    'a file is marked as left out',
    'files_in_the_way',
    ({ git }) => void git('update-index', '--skip-worktree', 'a.txt'),
  ],
  [
    'a path is announced',
    'files_in_the_way',
    ({ root, scratch, git }) => {
      scratch.write(root, { 'd/e.txt': 'e\n' })
      git('add', '-N', 'd/e.txt')
    },
  ],
  [
    'a staged file without a file takes the folder’s place',
    'files_in_the_way',
    ({ root, git }) => {
      writeFileSync(join(root, 'd'), 'u')
      git('add', 'd')
      rmSync(join(root, 'd'))
    },
  ],
  ['the mode was changed', 'files_in_the_way', ({ root }) => chmodSync(join(root, 'a.txt'), 0o755)],
  [
    'the index is locked',
    'index_locked',
    ({ root }) => writeFileSync(join(root, '.git/index.lock'), 'foreign'),
  ],
  [
    'a merge is in progress',
    'operation_in_progress',
    (scene) => {
      scene.git('checkout', '-q', '-b', 'other')
      writeFileSync(join(scene.root, 'keep.txt'), 'other')
      scene.git('commit', '-qam', 'other')
      scene.git('checkout', '-q', 'main')
      scene.git('merge', '-q', '--no-commit', '--no-ff', 'other')
    },
  ],
  [
    'a cherry-pick is in progress',
    'operation_in_progress',
    (scene) => conflict(scene, 'cherry-pick'),
  ],
  [
    'a revert is in progress',
    'operation_in_progress',
    (scene) => {
      writeFileSync(join(scene.root, '.git/REVERT_HEAD'), `${scene.base}\n`)
    },
  ],
  [
    'a rebase of the target is in progress',
    'operation_in_progress',
    (scene) => conflict(scene, 'rebase'),
  ],
  [
    'a bisect that began on the target is in progress',
    'operation_in_progress',
    ({ git }) => {
      git('bisect', 'start')
    },
  ],
  [
    'the index is unmerged',
    'index_unmerged',
    (scene) => {
      const blob = scene.git('rev-parse', 'main:keep.txt')
      const lines = [1, 2, 3].map((stage) => `100644 ${blob} ${stage}\tkeep.txt`).join('\n')
      execFileSync('git', ['update-index', '--index-info'], { cwd: scene.root, input: lines })
    },
  ],
  [
    'the checkout is sparse',
    'sparse_checkout',
    ({ git }) => void git('sparse-checkout', 'set', '--no-cone', '/*'),
  ],
  [
    'the target is missing',
    'target_missing',
    ({ git }) => void git('branch', '-m', 'main', 'renamed'),
  ],
  [
    'the target is elsewhere',
    'target_checked_out_elsewhere',
    ({ git, scratch }) => {
      git('checkout', '-q', '--detach')
      git('worktree', 'add', '-q', join(scratch.dir, 'second'), 'main')
    },
  ],
  [
    'the target is here and elsewhere',
    'target_checked_out_elsewhere',
    ({ git, scratch }) => {
      git('worktree', 'add', '-q', '--force', join(scratch.dir, 'second'), 'main')
    },
  ],
  [
    'the target is rebased elsewhere',
    'target_checked_out_elsewhere',
    (scene) => {
      scene.git('checkout', '-q', '--detach')
      scene.git('worktree', 'add', '-q', join(scene.scratch.dir, 'second'), 'main')
      conflict({ ...scene, root: join(scene.scratch.dir, 'second') }, 'rebase')
    },
  ],
  [
    'the target moved',
    'target_moved',
    (scene) => {
      writeFileSync(join(scene.root, 'mine.txt'), 'mine')
      scene.git('add', 'mine.txt')
      scene.git('commit', '-q', '-m', 'mine')
    },
  ],
  ['a tag of the user has its name', 'tag_taken', ({ git }) => void git('tag', 'thalogos')],
  [
    'the branch is locked',
    'refs_locked',
    ({ root }) => writeFileSync(join(root, '.git/refs/heads/main.lock'), ''),
  ],
]

function conflict(scene: SaveScene, how: 'rebase' | 'cherry-pick'): void {
  const git = (...args: string[]) => scene.scratch.git(scene.root, ...args)
  const home = git('rev-parse', '--abbrev-ref', 'HEAD')
  git('checkout', '-q', '-b', 'side')
  writeFileSync(join(scene.root, 'keep.txt'), 'side\n')
  git('commit', '-qam', 'side')
  git('checkout', '-q', home)
  writeFileSync(join(scene.root, 'keep.txt'), 'home\n')
  git('commit', '-qam', 'home')
  expect(() => git(how, 'side')).toThrow()
}

describe('a refusal', () => {
  it.each(TROUBLES)('when %s is %s and changes nothing', async (_name, code, make) => {
    const scene = await createSaveScene()
    try {
      const to = scene.work({
        'a.txt': 'new a\n',
        'b/c.txt': undefined,
        'd/e.txt': 'e\n',
        'f.ignored': 'f\n',
      })
      writeFileSync(join(scene.root, 'note.ignored'), 'ignored')
      make(scene)
      const before = scene.print()
      const journal = memoryJournal()
      const refused = await saveCheckpoint(scene.mirror, scene.request(to, { journal }))
      expect(refused).toMatchObject({ ok: false, error: { code } })
      expect(scene.print()).toEqual(before)
      expect(journal.open()).toEqual([])
      if (code === 'tag_taken' || code === 'refs_locked') return
      const checked = await checkSave(scene.mirror, { target: 'main', to })
      if (code === 'target_moved') expect(checked).toMatchObject({ value: { moved: true } })
      else expect(checked).toMatchObject({ ok: false, error: { code } })
      expect(scene.print()).toEqual(before)
    } finally {
      scene.scratch.remove()
    }
  })
})
