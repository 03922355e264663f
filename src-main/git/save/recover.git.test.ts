import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprint } from '../fixture/raw-repository.ts'
import { fileJournal, type SaveOrder } from '../fixture/save-process.ts'
import { createSaveScene, memoryJournal, OBJECTS, type SaveScene } from '../fixture/save-scene.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { recoverJournal } from './recover.ts'

const FILES = {
  'a.txt': 'a\n',
  'b/c.txt': 'c\n',
  'b/d.txt': 'd\n',
  'turns/into/file': 'x\n',
  folder: 'becomes a folder\n',
  'keep.txt': 'keep\n',
  '.gitignore': '*.ignored\n',
}
const CHANGE = {
  'a.txt': 'new a\n',
  'b/c.txt': undefined,
  'b/d.txt': undefined,
  'turns/into/file': undefined,
  'turns/into': 'a file\n',
  'new/one.txt': 'one\n',
  folder: undefined,
  'folder/inner.txt': 'inner\n',
}

// What git itself writes on the way, and says nothing about the state.
const NOISE = [...OBJECTS, '.git/logs', '.git/index', '.git/refs', '.git/thalogos']

/** The user's own things: staged, edited, untracked, ignored, stashed. */
function furnish({ root, git, scratch }: SaveScene): void {
  scratch.write(root, { 'stashed.txt': 'stashed' })
  git('stash', '-u')
  scratch.write(root, {
    'x.ignored': 'ignored',
    'untracked.txt': 'untracked',
    'keep.txt': 'edited\n',
    'staged.txt': 'staged\n',
  })
  git('add', 'staged.txt')
}

const OWN_STATUS = ' M keep.txt\nA  staged.txt\n?? untracked.txt\n!! x.ignored'

function expectWhole(
  { root, git }: SaveScene,
  state: { saved: boolean; to: string; base: string },
) {
  const { saved, to, base } = state
  expect(git('rev-parse', 'main')).toBe(saved ? to : base)
  expect(git('tag')).toBe(saved ? 'thalogos/s1/1' : '')
  expect(git('status', '--porcelain', '--ignored')).toBe(OWN_STATUS)
  expect(existsSync(join(root, 'new/one.txt'))).toBe(saved)
  expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe(saved ? 'new a\n' : 'a\n')
  expect(git('stash', 'list')).toMatch(/^stash@\{0\}[^\n]*$/)
  expect(git('fsck', '--strict', '--no-dangling')).toBe('')
  expect(existsSync(join(root, '.git/index.lock'))).toBe(false)
  expect(existsSync(join(root, '.git/thalogos'))).toBe(false)
}

describe('a process killed in the midst of a Save', () => {
  let scene: SaveScene
  let steps: string[]
  beforeEach(async () => {
    scene = await createSaveScene(FILES)
    furnish(scene)
    steps = []
  })
  afterEach(() => scene.scratch.remove())

  it('leaves what the next start finishes or undoes, whichever step it does not outlive', async () => {
    const { scratch, mirror, root, base } = scene
    const to = scene.work(CHANGE)
    const order: SaveOrder = {
      root,
      mirrorDir: mirror.dir,
      from: base,
      to,
      journal: join(scratch.dir, 'journal.json'),
      lastStep: 0,
    }
    const outcomes: string[] = []
    for (; outcomes.length < 60; order.lastStep += 1) {
      writeFileSync(join(scratch.dir, 'order.json'), JSON.stringify(order))
      const child = spawnSync(
        process.execPath,
        [join(import.meta.dirname, '../fixture/save-process.ts'), join(scratch.dir, 'order.json')],
        { encoding: 'utf8' },
      )
      if (child.status === 0) break
      expect(child.signal, child.stderr).toBe('SIGKILL')
      const journal = fileJournal(order.journal)
      const [recovered] = await recoverJournal(mirror, journal)
      expect(recovered).toMatchObject({ kept: [], left: [] })
      const saved = recovered?.outcome === 'finished'
      expectWhole(scene, { saved, to, base })
      expect(await recoverJournal(mirror, journal)).toHaveLength(saved ? 1 : 0)
      outcomes.push(recovered?.outcome ?? 'none')
      if (!saved) continue
      // Back to the beginning, by the user's own git.
      scene.git('tag', '-d', 'thalogos/s1/1')
      scene.git('stash', '-q')
      scene.git('reset', '-q', '--hard', base)
      scene.git('stash', 'pop', '-q', '--index')
      rmSync(order.journal)
    }
    expect(new Set(outcomes)).toEqual(new Set(['undone', 'finished']))
    expect(outcomes.length).toBeGreaterThan(10)
  })

  it('undoes at once what fails before the refs move, byte for byte', async () => {
    const { mirror, root, base } = scene
    const to = scene.work(CHANGE)
    const journal = memoryJournal()
    const before = fingerprint(root, OBJECTS)
    for (let last = 0; ; last += 1) {
      steps = []
      const saving = saveCheckpoint(
        mirror,
        scene.request(to, {
          journal,
          step(name) {
            steps.push(name)
            if (steps.length > last) throw new Error(`broken at ${name}`)
          },
        }),
      )
      await expect(saving).rejects.toThrow('broken at')
      if (steps.at(-1) === 'refs') break
      expect(fingerprint(root, OBJECTS), steps.at(-1)).toEqual(before)
      expect(journal.open()).toEqual([])
    }
    expect(steps).toContain('index')
    const [recovered] = await recoverJournal(mirror, journal)
    expect(recovered).toMatchObject({ outcome: 'finished', checkpoint: { commit: to } })
    expectWhole(scene, { saved: true, to, base })
  })

  it('recognises its own stale lock and never touches another', async () => {
    const { mirror, root, base } = scene
    const to = scene.work(CHANGE)
    const journal = memoryJournal()
    await crash(scene, { to, journal, at: 'index' })
    writeFileSync(join(root, '.git/index.lock'), 'foreign')
    const before = fingerprint(root, OBJECTS)
    expect(await recoverJournal(mirror, journal)).toMatchObject([{ outcome: 'postponed' }])
    expect(fingerprint(root, OBJECTS)).toEqual(before)
    rmSync(join(root, '.git/index.lock'))
    expect(await recoverJournal(mirror, journal)).toMatchObject([{ outcome: 'undone' }])
    expectWhole(scene, { saved: false, to, base })
  })

  it('leaves to the user what they wrote before the next start', async () => {
    const { mirror, root, git } = scene
    const to = scene.work(CHANGE)
    const journal = memoryJournal()
    await crash(scene, { to, journal, at: 'index' })
    writeFileSync(join(root, 'a.txt'), 'written after the crash\n')
    rmSync(join(root, 'folder/inner.txt'))
    const [recovered] = await recoverJournal(mirror, journal)
    expect(recovered).toMatchObject({ outcome: 'undone', left: ['a.txt'] })
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('written after the crash\n')
    expect(git('status', '--porcelain')).toBe(
      ' M a.txt\n M keep.txt\nA  staged.txt\n?? untracked.txt',
    )
  })

  it('touches no file when the user went on to another commit or branch', async () => {
    const { mirror, root, git } = scene
    const to = scene.work(CHANGE)
    const journal = memoryJournal()
    await crash(scene, { to, journal, at: 'index' })
    rmSync(join(root, '.git/index.lock'))
    git('commit', '-q', '-m', 'the user takes it as it is')
    const before = fingerprint(root, NOISE)
    expect(await recoverJournal(mirror, journal)).toMatchObject([{ outcome: 'undone', left: [] }])
    expect(fingerprint(root, NOISE)).toEqual(before)
    expect(git('status', '--porcelain')).toBe(' M keep.txt\n?? untracked.txt')
  })

  it('removes ref locks that a killed transaction left behind', async () => {
    const { mirror, root, base } = scene
    const to = scene.work(CHANGE)
    const journal = memoryJournal()
    await crash(scene, { to, journal, at: 'objects' })
    writeFileSync(join(root, '.git/refs/heads/main.lock'), `${to}\n`)
    writeFileSync(join(root, '.git/HEAD.lock'), '')
    expect(await recoverJournal(mirror, journal)).toMatchObject([{ outcome: 'undone' }])
    expectWhole(scene, { saved: false, to, base })
    expect(existsSync(join(root, '.git/refs/heads/main.lock'))).toBe(false)
    expect(existsSync(join(root, '.git/HEAD.lock'))).toBe(false)
    expect((await saveCheckpoint(mirror, scene.request(to))).ok).toBe(true)
    expectWhole(scene, { saved: true, to, base })
  })

  it('removes the lock on HEAD that outlived the others, and no older one', async () => {
    const { mirror, root, base } = scene
    const to = scene.work(CHANGE)
    const journal = memoryJournal()
    await crash(scene, { to, journal, at: 'objects' })
    const lock = join(root, '.git/HEAD.lock')
    writeFileSync(lock, '')
    utimesSync(lock, new Date('2001-01-01'), new Date('2001-01-01'))
    await recoverJournal(mirror, journal)
    expect(existsSync(lock)).toBe(true)
    expectWhole(scene, { saved: false, to, base })
    rmSync(lock)
    const again = memoryJournal()
    await crash(scene, { to, journal: again, at: 'objects' })
    writeFileSync(lock, '')
    await recoverJournal(mirror, again)
    expect(existsSync(lock)).toBe(false)
  })

  it('removes what an earlier process did not come to remove, and nothing that was kept', async () => {
    const { mirror, root, scratch } = scene
    scratch.write(root, {
      '.git/thalogos/retired-x/old/0': 'replaced',
      '.git/thalogos/kept-y/a.txt': 'kept',
    })
    expect(await recoverJournal(mirror, memoryJournal())).toEqual([])
    expect(readdirSync(join(root, '.git/thalogos'))).toEqual(['kept-y'])
  })

  it('leaves a lock of somebody else on the branch where it is', async () => {
    const { mirror, root } = scene
    const to = scene.work(CHANGE)
    const journal = memoryJournal()
    await crash(scene, { to, journal, at: 'objects' })
    writeFileSync(join(root, '.git/refs/heads/main.lock'), 'other')
    await recoverJournal(mirror, journal)
    expect(readFileSync(join(root, '.git/refs/heads/main.lock'), 'utf8')).toBe('other')
  })
})

/** Stops as a killed process would: nothing of what should come afterwards happens. */
async function crash(
  scene: SaveScene,
  { to, journal, at }: { to: string; journal: ReturnType<typeof memoryJournal>; at: string },
): Promise<void> {
  const { scratch, mirror, root, base } = scene
  const order: SaveOrder = {
    root,
    mirrorDir: mirror.dir,
    from: base,
    to,
    journal: join(scratch.dir, 'crash.json'),
    lastStep: 0,
  }
  // Count the steps up to the one named in a repository that is thrown away.
  const twin = await createSaveScene(FILES)
  const names: string[] = []
  const twinTo = twin.work(CHANGE)
  await saveCheckpoint(twin.mirror, twin.request(twinTo, { step: (name) => names.push(name) }))
  twin.scratch.remove()
  order.lastStep = names.indexOf(at)
  writeFileSync(join(scratch.dir, 'order.json'), JSON.stringify(order))
  spawnSync(process.execPath, [
    join(import.meta.dirname, '../fixture/save-process.ts'),
    join(scratch.dir, 'order.json'),
  ])
  for (const entry of fileJournal(order.journal).open()) journal.put(entry)
}

describe('the user at work during a Save', () => {
  let scene: SaveScene
  let at: (path: string) => string
  beforeEach(async () => {
    scene = await createSaveScene(FILES)
    furnish(scene)
    at = (path) => join(scene.root, path)
  })
  afterEach(() => scene.scratch.remove())

  const during = async (name: string, act: () => void) => {
    const to = scene.work(CHANGE)
    let done = false
    const journal = memoryJournal()
    const outcome = await saveCheckpoint(
      scene.mirror,
      scene.request(to, {
        journal,
        step(step) {
          if (step !== name || done) return
          done = true
          act()
        },
      }),
    )
    expect(done).toBe(true)
    return { outcome, journal, to }
  }

  it.each(['locked', 'left'])(
    'keeps an edit made at “%s” and takes everything back',
    async (step) => {
      const { outcome, journal } = await during(step, () =>
        writeFileSync(at('a.txt'), 'typed just now\n'),
      )
      expect(outcome).toMatchObject({
        ok: false,
        error: {
          code: 'files_in_the_way',
          details: { paths: [{ path: 'a.txt', why: 'modified' }] },
        },
      })
      expect(readFileSync(at('a.txt'), 'utf8')).toBe('typed just now\n')
      expect(scene.git('status', '--porcelain')).toBe(
        ' M a.txt\n M keep.txt\nA  staged.txt\n?? untracked.txt',
      )
      expect(journal.open()).toEqual([])
      expect(existsSync(at('.git/thalogos'))).toBe(false)
    },
  )

  it.each([
    ['a file', () => writeFileSync(at('new'), 'mine')],
    ['a link', () => symlinkSync('/tmp', at('new'))],
    ['an ignored file', () => scene.scratch.write(scene.root, { 'new/one.txt': 'mine' })],
  ])('never writes over or through %s that appears meanwhile', async (_name, make) => {
    const { outcome } = await during('left', make)
    expect(outcome).toMatchObject({ ok: false, error: { code: 'files_in_the_way' } })
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('a\n')
    expect(existsSync('/tmp/one.txt')).toBe(false)
    expect(scene.git('diff', '--name-only', 'HEAD')).toBe('keep.txt\nstaged.txt')
  })

  it('shows an edit of a file that just arrived as an edit', async () => {
    const { outcome, to } = await during('files', () => writeFileSync(at('a.txt'), 'new b\n'))
    expect(outcome).toMatchObject({ ok: true })
    expect(scene.git('rev-parse', 'main')).toBe(to)
    expect(scene.git('status', '--porcelain')).toBe(
      ' M a.txt\n M keep.txt\nA  staged.txt\n?? untracked.txt',
    )
  })

  it('keeps what an editor writes into a file that was already moved away', async () => {
    const descriptor = openSync(at('a.txt'), 'a')
    const { outcome } = await during('index', () => writeSync(descriptor, 'late words\n'))
    closeSync(descriptor)
    expect(outcome).toMatchObject({ ok: true, value: { kept: [expect.stringContaining('a.txt')] } })
    const [place = ''] = outcome.ok ? outcome.value.kept : []
    expect(readFileSync(place, 'utf8')).toBe('a\nlate words\n')
  })

  it('looks again when the user’s git wrote the index between look and lock', async () => {
    const { outcome, to } = await during('intent', () => {
      writeFileSync(at('second.txt'), 'second\n')
      scene.git('add', 'second.txt')
    })
    expect(outcome).toMatchObject({ ok: true })
    expect(scene.git('rev-parse', 'main')).toBe(to)
    expect(scene.git('status', '--porcelain')).toContain('A  second.txt')
  })

  it('refuses when the user committed between look and lock', async () => {
    const { outcome, journal } = await during('intent', () =>
      scene.git('commit', '-q', '-m', 'mine', '--', 'keep.txt'),
    )
    expect(outcome).toMatchObject({ ok: false, error: { code: 'target_moved' } })
    expect(journal.open()).toEqual([])
    expect(scene.git('status', '--porcelain')).toBe('A  staged.txt\n?? untracked.txt')
  })

  it('moves only refs when the user left the branch between look and lock', async () => {
    const { outcome, to } = await during('intent', () => scene.git('checkout', '-q', '--detach'))
    expect(outcome).toMatchObject({ ok: true })
    expect(scene.git('rev-parse', 'main', 'HEAD')).toBe(`${to}\n${scene.base}`)
    expect(scene.git('status', '--porcelain', '--ignored')).toBe(OWN_STATUS)
  })

  it('takes files and index back when the target moves under it', async () => {
    const before = fingerprint(scene.root, NOISE)
    const index = readFileSync(at('.git/index'))
    const { outcome } = await during('objects', () => {
      const other = scene.git('commit-tree', '-p', 'main', '-m', 'other', 'main^{tree}')
      scene.git('update-ref', 'refs/heads/main', other)
    })
    expect(outcome).toMatchObject({ ok: false, error: { code: 'target_moved' } })
    expect(fingerprint(scene.root, NOISE)).toEqual(before)
    expect(readFileSync(at('.git/index')).equals(index)).toBe(true)
    expect(scene.git('tag')).toBe('')
  })

  it('locks the user’s git out of the index while files are exchanged', async () => {
    let refused = ''
    await during('files', () => {
      try {
        scene.git('add', 'untracked.txt')
      } catch (error) {
        refused = String(error)
      }
    })
    expect(refused).toContain('index.lock')
    expect(readdirSync(at('.git')).filter((name) => name.startsWith('index'))).toEqual(['index'])
  })
})
