import { chmodSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createScratch, type Scratch } from '../fixture/raw-repository.ts'
import { asCodex, type TaskFixture, taskOn } from '../fixture/task.ts'
import { commitContent } from './commit.ts'
import type { ContentReport } from './findings.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

const LARGE = 10_000_001
const scan = async ({ mirror, worktree }: TaskFixture) => {
  const result = await commitContent(mirror, worktree, asCodex)
  if (result.ok) return { subject: '', findings: [] }
  if (result.error.code !== 'content_needs_approval') throw new Error(result.error.code)
  return result.error.details as ContentReport
}

describe('what only a human may allow', () => {
  it('is a link that leaves the tree, new or changed, not one that was there', async () => {
    const root = scratch.repository({ 'dir/a.txt': 'a\n' })
    symlinkSync('/etc/hostname', join(root, 'old'))
    symlinkSync('/etc/hostname', join(root, 'turned'))
    scratch.git(root, 'add', '-A')
    scratch.git(root, 'commit', '-q', '-m', 'links')
    const task = await taskOn(scratch, root)
    const { dir } = task.worktree
    symlinkSync('../a.txt', join(dir, 'dir', 'fine'))
    symlinkSync('../../outside', join(dir, 'dir', 'out'))
    symlinkSync('dir/../.git/config', join(dir, 'git'))
    rmSync(join(dir, 'turned'))
    symlinkSync('/etc/passwd', join(dir, 'turned'))
    const { findings } = await scan(task)
    expect(findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'link_outside dir/out',
      'link_outside git',
      'link_outside turned',
    ])
    expect(findings[2]?.text).toContain('/etc/passwd')
  })

  it('is a folder turned into a link out of the tree, whose target is never read', async () => {
    const task = await taskOn(scratch, scratch.repository({ 'src/a.txt': 'a\n' }))
    const secrets = join(scratch.dir, 'secrets')
    scratch.write(secrets, { 'a.txt': 'secret\n' })
    renameSync(join(task.worktree.dir, 'src'), join(task.worktree.dir, 'moved'))
    symlinkSync(secrets, join(task.worktree.dir, 'src'))
    expect((await scan(task)).findings).toMatchObject([{ kind: 'link_outside', path: 'src' }])
    const all = scratch.git(
      task.mirror.dir,
      'cat-file',
      '--batch-all-objects',
      '--batch-check=%(objectname)',
    )
    const secret = scratch.git(secrets, 'hash-object', 'a.txt')
    expect(all).not.toContain(secret)
  })

  it('is a file of more than 10 MB that is new or changed', async () => {
    const root = scratch.repository({
      'old.bin': Buffer.alloc(LARGE, 1),
      'changed.bin': Buffer.alloc(LARGE, 2),
    })
    const task = await taskOn(scratch, root)
    const { dir } = task.worktree
    scratch.write(dir, {
      'changed.bin': Buffer.alloc(LARGE, 3),
      'new.bin': Buffer.alloc(LARGE, 4),
      'edge.bin': Buffer.alloc(LARGE - 1, 5),
    })
    chmodSync(join(dir, 'old.bin'), 0o755)
    const { findings } = await scan(task)
    expect(findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'large_file changed.bin',
      'large_file new.bin',
    ])
  })

  it('is more than 1,000 new files', async () => {
    const task = await taskOn(scratch, scratch.repository())
    const { dir } = task.worktree
    scratch.write(
      dir,
      Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`n/${i}`, `${i}`])),
    )
    expect((await scan(task)).findings).toEqual([])
    scratch.write(dir, { one: 'more\n' })
    expect((await scan(task)).findings).toMatchObject([
      { kind: 'many_files', text: '1001 new files' },
    ])
  })

  it('is committed with exactly the approval that was asked for, and asked again after a change', async () => {
    const task = await taskOn(scratch, scratch.repository())
    const { mirror, worktree, base } = task
    symlinkSync('/etc/hostname', join(worktree.dir, 'link'))
    const { subject } = await scan(task)
    expect(subject).toMatch(/^[0-9a-f]{64}$/)
    const refused = await commitContent(mirror, worktree, asCodex)
    expect(refused).toMatchObject({
      error: { code: 'content_needs_approval', details: { subject, findings: [{ path: 'link' }] } },
    })
    expect(scratch.git(mirror.dir, 'rev-parse', 'session/s1/task/t1')).toBe(base)
    scratch.write(worktree.dir, { 'harmless.txt': 'h\n' })
    expect((await scan(task)).subject).toBe(subject)
    rmSync(join(worktree.dir, 'link'))
    symlinkSync('/etc/shadow', join(worktree.dir, 'link'))
    expect(await commitContent(mirror, worktree, { ...asCodex, approved: subject })).toMatchObject({
      error: { code: 'content_needs_approval' },
    })
    const again = (await scan(task)).subject
    expect(await commitContent(mirror, worktree, { ...asCodex, approved: again })).toMatchObject({
      ok: true,
    })
  })
})

describe('files under a filter', () => {
  const withFilter = async (filter = 'lfs') =>
    await taskOn(
      scratch,
      scratch.repository({
        '.gitattributes': `*.bin filter=${filter} -text\n`,
        'big.bin': 'version https://git-lfs.github.com/spec/v1\n',
        'sub/other.txt': 'o\n',
      }),
    )
  const codeOf = async ({ mirror, worktree }: TaskFixture) => {
    const result = await commitContent(mirror, worktree, asCodex)
    return result.ok ? 'committed' : result.error
  }

  it('are no matter while they are unchanged, or go away', async () => {
    const task = await withFilter()
    scratch.write(task.worktree.dir, { 'sub/other.txt': 'changed\n' })
    expect(await codeOf(task)).toBe('committed')
    rmSync(join(task.worktree.dir, 'big.bin'))
    expect(await codeOf(task)).toBe('committed')
  })

  it('are refused when changed or new, by name', async () => {
    const task = await withFilter()
    scratch.write(task.worktree.dir, { 'big.bin': 'changed\n', 'sub/new.bin': 'n\n' })
    expect(await codeOf(task)).toMatchObject({
      code: 'lfs_unsupported',
      details: { files: ['big.bin', 'sub/new.bin'] },
    })
  })

  it('are refused though the agent took the rule away', async () => {
    const task = await withFilter()
    scratch.write(task.worktree.dir, {
      '.gitattributes': '*.bin -filter\n',
      'big.bin': 'changed\n',
    })
    expect(await codeOf(task)).toMatchObject({
      code: 'lfs_unsupported',
      details: { files: ['big.bin'] },
    })
  })

  it('are refused when the agent made the rule', async () => {
    const task = await taskOn(scratch, scratch.repository())
    scratch.write(task.worktree.dir, { 'sub/.gitattributes': 'x* filter=lfs\n', 'sub/x1': 'n\n' })
    expect(await codeOf(task)).toMatchObject({ details: { files: ['sub/x1'] } })
  })

  it('are refused under any other filter as well, which would not run either', async () => {
    const task = await withFilter('git-crypt')
    writeFileSync(join(task.worktree.dir, 'big.bin'), 'plain secret\n')
    expect(await codeOf(task)).toMatchObject({
      code: 'lfs_unsupported',
      message: expect.stringContaining('git-crypt'),
    })
  })
})
