import { mkdirSync, rmSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createScratch, type Scratch } from '../fixture/raw-repository.ts'
import { asCodex, type TaskFixture, taskOn } from '../fixture/task.ts'
import { commitContent } from './commit.ts'
import { takeSnapshot } from './snapshot.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

const REF = 'refs/thalogos/snapshots/1'
// Enough that one pass over all of them without a pause would be seen.
const MANY = 50_000
// After which people notice; a pass over all of them without a pause takes a second.
const MAX_STEP_MS = 50
const FILES = { '.gitignore': 'out/\n*.log\n', 'a.txt': 'a\n', 'sub/b.txt': 'b\n' }

/** A worktree with some work in it, and pipes where git would read. */
async function worktreeWith(pipes: readonly string[], files: Record<string, string> = {}) {
  const task = await taskOn(scratch, scratch.repository(FILES))
  const { dir } = task.worktree
  scratch.write(dir, { 'new.txt': 'n\n', 'sub/x.log': 'l\n', 'out/built': 'o\n', ...files })
  for (const path of pipes) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    rmSync(join(dir, path), { force: true })
    scratch.pipe(join(dir, path))
  }
  return task
}

/** Watches this thread; the answer is the longest time it worked without a pause, in ms of its own time. */
function watchSteps(): () => number {
  let longest = 0
  let last = process.threadCpuUsage()
  const look = () => {
    const { user, system } = process.threadCpuUsage(last)
    last = process.threadCpuUsage()
    longest = Math.max(longest, (user + system) / 1_000)
    watching = setImmediate(look)
  }
  let watching = setImmediate(look)
  return () => {
    clearImmediate(watching)
    return longest
  }
}

const kept = async ({ mirror, worktree }: TaskFixture) => {
  await takeSnapshot(mirror, worktree, { ref: REF, message: 's' })
  return scratch.git(mirror.dir, 'ls-tree', '-r', '--name-only', REF).split('\n')
}

// Inside a nested repository git reads these before it knows what the folder is.
const INNER = { 'inner/.git/objects/x': '', 'inner/.git/refs/x': '', 'inner/i.txt': 'i\n' }
const REPOSITORY = { ...INNER, 'inner/.git/HEAD': 'ref: refs/heads/x\n' }

// A task must come to its end in seconds; without the survey git waits for a writer.
describe('pipes where git reads files', { timeout: 20_000 }, () => {
  const plain = ['.gitignore', 'a.txt', 'new.txt', 'sub/b.txt']
  it.each([
    ['.gitignore', {}, plain],
    ['.gitattributes', {}, plain],
    ['sub/.gitignore', {}, plain],
    ['fresh/.gitignore', { 'fresh/f.txt': 'f\n' }, [...plain, 'fresh/f.txt']],
    ['fresh/er/.gitattributes', { 'fresh/er/f.txt': 'f\n' }, [...plain, 'fresh/er/f.txt']],
    ['.gitmodules', {}, plain],
  ])('at %s: the task is stopped by name, the rest is kept', async (pipe, files, expected) => {
    const task = await worktreeWith([pipe], files)
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
      error: { code: 'unreadable_content', details: { files: [pipe] } },
    })
    expect(await kept(task)).toEqual([...expected].sort())
    // What could not be read stays as the base has it.
    expect(scratch.git(task.mirror.dir, 'show', `${REF}:.gitignore`)).toBe('out/\n*.log')
  })

  it.each([
    ['inner/.git/HEAD', INNER],
    ['inner/.git/commondir', REPOSITORY],
    ['inner/.git/config', REPOSITORY],
    ['inner/.git/packed-refs', REPOSITORY],
    ['inner/.git/refs/heads/x', REPOSITORY],
    ['inner/.git', { 'inner/i.txt': 'i\n' }],
  ])('at %s: the task is stopped, the rest is kept', async (pipe, files) => {
    const task = await worktreeWith([pipe], files)
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
      error: { code: 'embedded_repository', details: { files: ['inner'] } },
    })
    expect(await kept(task)).toEqual([...plain, 'inner/i.txt'].sort())
  })

  it('in a repository that is ignored are no matter, though git would look in', async () => {
    const task = await worktreeWith(['out/.git/HEAD'], {
      'out/.git/objects/x': '',
      'out/.git/refs/x': '',
    })
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({ ok: true })
    expect(await kept(task)).toEqual(plain)
  })

  it('in a submodule’s folder are no matter to its task, and its files are kept', async () => {
    const root = scratch.repository(FILES)
    scratch.git(root, 'submodule', '--quiet', 'add', scratch.repository(), 'libs/mod')
    scratch.git(root, 'commit', '-q', '-m', 'submodule')
    const task = await taskOn(scratch, root)
    scratch.write(task.worktree.dir, { 'libs/mod/m.txt': 'm\n', 'libs/mod/.git/objects/x': '' })
    scratch.pipe(join(task.worktree.dir, 'libs/mod/.git/HEAD'))
    scratch.pipe(join(task.worktree.dir, 'libs/mod/.gitignore'))
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({ ok: true })
    expect(await kept(task)).toContain('libs/mod/m.txt')
  })

  it('do not hide what else stands there: rights, links, pipes, tracked files replaced', async () => {
    const task = await worktreeWith(['.gitignore', 'a.txt', 'odd'], { 'sub/b.txt': 'changed\n' })
    rmSync(join(task.worktree.dir, 'sub/x.log'))
    expect(await kept(task)).toEqual(plain)
    const show = (path: string) => scratch.git(task.mirror.dir, 'show', `${REF}:${path}`)
    expect([show('a.txt'), show('sub/b.txt')]).toEqual(['a', 'changed'])
  })
})

describe('what has no reasonable size', () => {
  it('is not read into memory where git takes it for settings', async () => {
    const task = await worktreeWith([])
    const file = join(task.worktree.dir, 'sub', '.gitignore')
    scratch.write(task.worktree.dir, { 'sub/.gitignore': '' })
    truncateSync(file, 100 * 1024 ** 3)
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
      error: { code: 'unreadable_content', details: { files: ['sub/.gitignore'] } },
    })
    expect(await kept(task)).toContain('new.txt')
  }, 20_000)

  it('is got through when it is depth: two thousand folders', async () => {
    const task = await worktreeWith([])
    scratch.write(task.worktree.dir, { [`${'d/'.repeat(1_800)}f.txt`]: 'deep\n' })
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({ ok: true })
  }, 30_000)

  it('is refused when it is a path that the system cannot name, and the rest is kept', async () => {
    const task = await worktreeWith([])
    const folder = 'x'.repeat(200)
    scratch.shell(task.worktree.dir, `mkdir -p ${`${folder}/`.repeat(25)}`)
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
      error: { code: 'unreadable_content' },
    })
    expect(await kept(task)).toContain('new.txt')
    scratch.shell(task.worktree.dir, `rm -rf ${folder}`)
  }, 30_000)

  it('is asked about when it is number, and nobody else is held up meanwhile', async () => {
    const task = await worktreeWith([])
    const many = join(task.worktree.dir, 'many')
    mkdirSync(many)
    scratch.shell(many, `seq ${MANY} | xargs touch`)
    const steps = watchSteps()
    const result = await commitContent(task.mirror, task.worktree, asCodex)
    await takeSnapshot(task.mirror, task.worktree, { ref: REF, message: 's' })
    const longest = steps()
    expect(result).toMatchObject({ error: { code: 'content_needs_approval' } })
    const { length } = scratch.git(task.mirror.dir, 'ls-tree', '--name-only', `${REF}:many`)
    expect(length).toBeGreaterThan(MANY)
    expect(longest).toBeLessThan(MAX_STEP_MS)
  }, 120_000)
})

describe('names that look like something else to git', () => {
  it('are asked about literally', async () => {
    const odd = [':(top)x', ':!y', '*', '[a]', 'back\\slash', 'line\nfeed', ' space ', '"quoted"']
    const task = await worktreeWith([])
    scratch.write(task.worktree.dir, {
      ...Object.fromEntries(odd.map((name) => [`${name}/out/ignored`, ''])),
      ...Object.fromEntries(odd.map((name) => [`${name}/f`, 'f\n'])),
    })
    for (const name of odd) scratch.pipe(join(task.worktree.dir, name, 'out', 'pipe'))
    const result = await commitContent(task.mirror, task.worktree, asCodex)
    if (!result.ok) throw new Error(result.error.message)
    const { commit } = result.value
    const tree = scratch.git(task.mirror.dir, 'ls-tree', '-r', '-z', '--name-only', commit)
    expect(tree.split('\0').filter((path) => path.endsWith('/f'))).toHaveLength(odd.length)
    expect(tree).not.toContain('ignored')
  })
})
