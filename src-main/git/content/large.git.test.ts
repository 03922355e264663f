import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createScratch, type Scratch } from '../fixture/raw-repository.ts'
import { asCodex, type TaskFixture, taskOn } from '../fixture/task.ts'
import { commitContent } from './commit.ts'
import type { ContentReport } from './findings.ts'
import { takeSnapshot } from './snapshot.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

const LARGE = 10_000_001
// git needs half a minute to read through so much; a question about it is asked at once.
const ENDLESS = 20_000_000_000
const REF = 'refs/thalogos/snapshots/1'
const snapshot = { ref: REF, message: 'snapshot\n' }

const sparse = (path: string, bytes: number) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  truncateSync(path, bytes)
}

const reportOf = async ({ mirror, worktree }: TaskFixture, approved?: string) => {
  const options = approved === undefined ? asCodex : { ...asCodex, approved }
  const result = await commitContent(mirror, worktree, options)
  if (result.ok) return undefined
  if (result.error.code !== 'content_needs_approval') throw new Error(result.error.message)
  return result.error.details as ContentReport
}

const storedIn = ({ mirror }: TaskFixture) =>
  scratch.git(
    mirror.dir,
    'cat-file',
    '--batch-all-objects',
    '--unordered',
    '--batch-check=%(objectsize)',
  )

describe('a large file in a commit', () => {
  it('is asked for before it is stored, with everything else there is to ask, once', async () => {
    const task = await taskOn(scratch, scratch.repository({ 'a.txt': 'a\n' }))
    const { mirror, worktree } = task
    const { dir } = worktree
    scratch.write(dir, { 'x/new.bin': randomBytes(LARGE), 'a.txt': randomBytes(LARGE + 1) })
    symlinkSync('/etc/hostname', join(dir, 'zlink'))
    scratch.write(dir, Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`n/${i}`, '']))) // + two
    const report = await reportOf(task)
    expect(report?.findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'link_outside zlink',
      'large_file a.txt',
      'large_file x/new.bin',
      'many_files undefined',
    ])
    const sizes = storedIn(task).split('\n')
    expect(sizes).not.toContain(String(LARGE))
    expect(sizes).not.toContain(String(LARGE + 1))
    expect(await reportOf(task)).toEqual(report)
    expect(await reportOf(task, report?.subject)).toBeUndefined()
    const tree = scratch.git(mirror.dir, 'ls-tree', '-r', '-l', 'session/s1/task/t1')
    expect(tree).toMatch(new RegExp(`${LARGE}\tx/new.bin`))
    expect(tree).toMatch(new RegExp(`${LARGE + 1}\ta.txt`))
    // The index holds them now; what was allowed is allowed as long as it stays.
    expect((await reportOf(task))?.subject).toBe(report?.subject)
    expect(await reportOf(task, report?.subject)).toBeUndefined()
    writeFileSync(join(dir, 'x/new.bin'), randomBytes(LARGE))
    expect((await reportOf(task, report?.subject))?.subject).not.toBe(report?.subject)
  })

  it('is never read through for the question, however large', async () => {
    const task = await taskOn(scratch, scratch.repository())
    sparse(join(task.worktree.dir, 'big'), ENDLESS)
    expect((await reportOf(task))?.findings).toEqual([
      { kind: 'large_file', path: 'big', text: 'big has 20000.0 MB' },
    ])
  }, 10_000)

  it('is no matter when it is ignored, or as the base has it though it was written again', async () => {
    const base = { '.gitignore': '*.log\nout/\n', 'old.bin': Buffer.alloc(LARGE, 1) }
    const task = await taskOn(scratch, scratch.repository({ ...base, 'same.bin': base['old.bin'] }))
    const { dir } = task.worktree
    for (const path of ['sub/x.log', 'out/x']) sparse(join(dir, path), ENDLESS)
    writeFileSync(join(dir, 'old.bin'), readFileSync(join(dir, 'old.bin')))
    utimesSync(join(dir, 'same.bin'), 1, 1)
    expect(await reportOf(task)).toBeUndefined()
    writeFileSync(join(dir, 'old.bin'), Buffer.alloc(LARGE, 2))
    expect((await reportOf(task))?.findings).toMatchObject([{ path: 'old.bin' }])
  })

  it('under a filter is refused without a question, and not stored', async () => {
    const task = await taskOn(
      scratch,
      scratch.repository({ '.gitattributes': '*.bin filter=lfs\n' }),
    )
    scratch.write(task.worktree.dir, { 'new.bin': randomBytes(LARGE) })
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
      error: { code: 'lfs_unsupported', details: { files: ['new.bin'] } },
    })
    expect(storedIn(task).split('\n')).not.toContain(String(LARGE))
  })

  it('in the place of a folder, and a folder of them in the place of a file, are committed as they are', async () => {
    const task = await taskOn(scratch, scratch.repository({ 'dir/a.txt': 'a\n', file: 'f\n' }))
    const { dir } = task.worktree
    for (const path of ['dir', 'file']) rmSync(join(dir, path), { recursive: true })
    scratch.write(dir, { dir: randomBytes(LARGE), 'file/in [it]*\n"': randomBytes(LARGE) })
    const subject = (await reportOf(task))?.subject
    expect(await reportOf(task, subject)).toBeUndefined()
    const names = scratch.git(
      task.mirror.dir,
      'ls-tree',
      '-r',
      '-z',
      '--name-only',
      'session/s1/task/t1',
    )
    expect(names).toBe('dir\0file/in [it]*\n"\0')
  })

  it('is stopped by the signal while git reads it, and nothing is left of the try', async () => {
    const task = await taskOn(scratch, scratch.repository())
    const { mirror, worktree, base } = task
    sparse(join(worktree.dir, 'big'), ENDLESS)
    const approved = (await reportOf(task))?.subject ?? ''
    const before = readdirSync(dirname(worktree.dir))
    const controller = new AbortController()
    const options = { ...asCodex, approved, signal: controller.signal }
    const committed = commitContent(mirror, worktree, options)
    setTimeout(() => controller.abort(), 500)
    await expect(committed).rejects.toThrow(/aborted/)
    expect(readdirSync(dirname(worktree.dir))).toEqual(before)
    expect(scratch.git(mirror.dir, 'rev-parse', 'session/s1/task/t1')).toBe(base)
    rmSync(join(worktree.dir, 'big'))
    expect(await reportOf(task)).toBeUndefined()
  }, 10_000)
})

describe('a huge file in a snapshot', () => {
  it('is left out and named, as the base has it, and everything else is kept', async () => {
    const task = await taskOn(scratch, scratch.repository({ 'a.txt': 'a\n', 'b.txt': 'b\n' }))
    const { mirror, worktree } = task
    sparse(join(worktree.dir, 'a.txt'), ENDLESS)
    sparse(join(worktree.dir, 'sub/b\nig'), ENDLESS)
    scratch.write(worktree.dir, {
      'b.txt': 'B\n',
      'sub/c.txt': 'c\n',
      'large.bin': randomBytes(LARGE),
    })
    const { commit } = await takeSnapshot(mirror, worktree, snapshot)
    expect(scratch.git(mirror.dir, 'ls-tree', '-r', '--name-only', commit).split('\n')).toEqual([
      'a.txt',
      'b.txt',
      'large.bin',
      'sub/c.txt',
    ])
    expect(scratch.git(mirror.dir, 'show', `${commit}:a.txt`)).toBe('a')
    const message = scratch.git(mirror.dir, 'show', '-s', '--format=%B', commit)
    expect(message).toMatch(
      /^snapshot\n\nToo large to be kept:\n- a\.txt \(20000 MB\)\n- sub\/b.{1,3}ig \(20000 MB\)$/,
    )
  }, 10_000)

  it('is left out beside what git must not be let loose on, too', async () => {
    const { mirror, worktree } = await taskOn(scratch, scratch.repository({ 'a.txt': 'a\n' }))
    scratch.pipe(join(worktree.dir, '.gitignore'))
    sparse(join(worktree.dir, 'big'), ENDLESS)
    sparse(join(worktree.dir, 'a.txt'), ENDLESS)
    scratch.write(worktree.dir, { 'b.txt': 'b\n', 'inner/.git/HEAD': 'x\n', 'inner/i': 'i\n' })
    const { commit } = await takeSnapshot(mirror, worktree, snapshot)
    expect(scratch.git(mirror.dir, 'ls-tree', '-r', '--name-only', commit).split('\n')).toEqual([
      'a.txt',
      'b.txt',
      'inner/i',
    ])
    expect(scratch.git(mirror.dir, 'show', `${commit}:a.txt`)).toBe('a')
  }, 10_000)

  it('is not taken once the signal came', async () => {
    const { mirror, worktree } = await taskOn(scratch, scratch.repository())
    scratch.write(worktree.dir, { 'a.txt': 'A\n' })
    const signal = AbortSignal.abort()
    await expect(takeSnapshot(mirror, worktree, { ...snapshot, signal })).rejects.toThrow()
    expect(scratch.git(mirror.dir, 'for-each-ref', REF)).toBe('')
    expect(await takeSnapshot(mirror, worktree, snapshot)).toMatchObject({ fresh: true })
  })
})

it('of very many questions a hundred are listed, and all of them are meant', async () => {
  const task = await taskOn(scratch, scratch.repository())
  const link = (n: number, to: string) => symlinkSync(to, join(task.worktree.dir, `l${n + 1_000}`))
  for (let n = 0; n < 150; n += 1) link(n, '/etc/hostname')
  const report = await reportOf(task)
  expect(report).toMatchObject({ total: 150 })
  expect(report?.findings).toHaveLength(100)
  expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
    error: { message: expect.stringMatching(/; and 145 more$/) },
  })
  rmSync(join(task.worktree.dir, 'l1149'))
  link(149, '/etc/shadow')
  const changed = await reportOf(task, report?.subject)
  expect(changed?.subject).not.toBe(report?.subject)
  expect(await reportOf(task, changed?.subject)).toBeUndefined()
})
