import { chmodSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createScratch, fingerprint, type Scratch } from '../fixture/raw-repository.ts'
import { asCodex, type TaskFixture, taskOn } from '../fixture/task.ts'
import { readRef } from '../refs.ts'
import { commitContent } from './commit.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

const commit = async ({ mirror, worktree }: TaskFixture, approved?: string) => {
  const result = await commitContent(mirror, worktree, {
    ...asCodex,
    ...(approved ? { approved } : {}),
  })
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
const filesOf = ({ mirror }: TaskFixture, tree: string) =>
  scratch.git(mirror.dir, 'ls-tree', '-r', '--name-only', '-z', tree).split('\0').filter(Boolean)

describe('committing content', () => {
  it('makes one commit on the base, whatever the agent did with its own git', async () => {
    const task = await taskOn(scratch, scratch.repository({ 'a.txt': 'a\n', 'gone.txt': 'g\n' }))
    const { dir } = task.worktree
    scratch.write(dir, { 'b.txt': 'b\n' })
    scratch.git(dir, 'add', '-A')
    scratch.git(dir, 'commit', '-q', '-m', 'add b: <script>\n\nTask: forged')
    scratch.git(dir, 'checkout', '-q', '-b', 'elsewhere')
    scratch.git(dir, 'commit', '-q', '--allow-empty', '-m', `\u001b[31m${'long '.repeat(100)}`)
    scratch.write(dir, { 'c.txt': 'not staged\n' })
    rmSync(join(dir, 'gone.txt'))
    const { commit: id, tree, changed } = await commit(task)
    const show = (format: string) =>
      scratch.git(task.mirror.dir, 'show', '-s', `--format=${format}`, id)
    expect(changed).toBe(true)
    expect(show('%P')).toBe(task.base)
    expect(show('%an <%ae>')).toBe('Codex <codex@agents.thalogos.invalid>')
    expect(show('%cn <%ce>')).toBe('Ada User <ada@example.invalid>')
    expect(show('%(trailers:only)').trim().split('\n')).toEqual([
      'Session: s1',
      'Task: t1',
      'Agent: codex',
      'Supervised-by: Thalogos',
    ])
    expect(show('%s')).toBe('Do the work')
    expect(show('%b')).toMatch(/Commits made by the agent:\n- add b: <script>\n- long long/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(show('%B')).not.toMatch(/forged|\u001b/)
    expect(filesOf(task, tree)).toEqual(['a.txt', 'b.txt', 'c.txt'])
    expect(await readRef(task.mirror, 'refs/heads/session/s1/task/t1')).toBe(id)
  })

  it('says when nothing changed, and makes no commit', async () => {
    const task = await taskOn(scratch, scratch.repository())
    scratch.git(task.worktree.dir, 'commit', '-q', '--allow-empty', '-m', 'empty')
    const file = join(task.worktree.dir, 'read me.md')
    utimesSync(file, 1, 1)
    const result = await commit(task)
    expect(result).toMatchObject({ commit: task.base, changed: false })
  })

  it('takes the content again after a retry, again as one commit', async () => {
    const task = await taskOn(scratch, scratch.repository())
    scratch.write(task.worktree.dir, { 'one.txt': '1\n' })
    const first = await commit(task)
    scratch.write(task.worktree.dir, { 'one.txt': '2\n' })
    const second = await commit(task)
    expect(second.commit).not.toBe(first.commit)
    expect(
      scratch.git(task.mirror.dir, 'rev-list', '--count', `${task.base}..${second.commit}`),
    ).toBe('1')
    expect(scratch.git(task.mirror.dir, 'show', `${second.commit}:one.txt`)).toBe('2')
  })

  it('sees a change of the same size in the same instant', async () => {
    const task = await taskOn(scratch, scratch.repository({ 'a.txt': 'one\n' }))
    const file = join(task.worktree.dir, 'a.txt')
    for (const text of ['two\n', 'six\n', 'ten\n', 'one\n']) {
      writeFileSync(file, text)
      const { tree } = await commit(task)
      expect(scratch.git(task.mirror.dir, 'show', `${tree}:a.txt`)).toBe(text.trim())
    }
  })

  it('keeps bytes, rights, links and every kind of name', async () => {
    const root = scratch.repository()
    scratch.git(root, 'config', 'core.autocrlf', 'true')
    const task = await taskOn(scratch, root)
    const { dir } = task.worktree
    const names = [
      'new\nline',
      ' lead',
      '-x',
      'ü',
      ':(top)',
      '*',
      'quo"te',
      'back\\slash',
      'Read Me.md',
    ]
    scratch.write(dir, {
      'crlf.txt': 'a\r\nb\r\n',
      bytes: Buffer.from([0, 13, 10, 255]),
      ...Object.fromEntries(names.map((name) => [`names/${name}`, `${name}\n`])),
    })
    writeFileSync(join(dir, 'run'), '#!/bin/sh\n')
    chmodSync(join(dir, 'run'), 0o755)
    symlinkSync('read me.md', join(dir, 'link'))
    const { tree } = await commit(task)
    const out = join(scratch.dir, 'out')
    scratch.git(scratch.dir, 'clone', '-q', '--no-checkout', task.mirror.dir, out)
    scratch.git(out, 'read-tree', '-u', '--reset', tree)
    expect(fingerprint(out, ['.git'])).toEqual(fingerprint(dir, ['.git']))
    expect(filesOf(task, tree)).toHaveLength(names.length + 5)
  })

  it('keeps a name that is no UTF-8', async () => {
    const task = await taskOn(scratch, scratch.repository())
    const name = Buffer.concat([Buffer.from(`${task.worktree.dir}/latin-`), Buffer.from([0xe9])])
    writeFileSync(name, 'latin\n')
    const { tree } = await commit(task)
    expect(scratch.git(task.mirror.dir, 'ls-tree', tree)).toContain('"latin-\\351"')
  })

  it('leaves out what the user ignores anywhere, and the copied paths', async () => {
    const excludes = join(scratch.dir, 'global ignore')
    writeFileSync(excludes, '*.global\n')
    const root = scratch.repository({ '.gitignore': 'out/\n' })
    scratch.git(root, 'config', 'core.excludesFile', excludes)
    scratch.write(root, { '.git/info/exclude': '*.mine\n', '.env': 'SECRET=1\n', 'keys/a': 'k\n' })
    const task = await taskOn(scratch, root, ['.env', 'keys'])
    scratch.write(task.worktree.dir, {
      'a.global': '',
      'a.mine': '',
      'out/x': '',
      'keys/b': '',
      '.env': 'SECRET=2\n',
      'work.txt': '',
    })
    const { tree } = await commit(task)
    expect(filesOf(task, tree)).toEqual(['.gitignore', 'work.txt'])
  })

  it('keeps a tracked path that is also copied as the commit’s', async () => {
    const root = scratch.repository({ '.env': 'A=1\n' })
    scratch.write(root, { '.env': 'A=local\n' })
    const task = await taskOn(scratch, root, ['.env'])
    expect(await commit(task)).toMatchObject({ changed: false })
  })

  it('changes neither the folder, nor the clone, nor the user’s repository', async () => {
    const root = scratch.repository()
    const task = await taskOn(scratch, root)
    scratch.write(task.worktree.dir, { 'new.txt': 'n\n' })
    scratch.git(task.worktree.dir, 'add', '-A')
    const before = [fingerprint(root), fingerprint(task.worktree.dir)]
    await commit(task)
    expect([fingerprint(root), fingerprint(task.worktree.dir)]).toEqual(before)
  })

  it('works without its index, with a lock left behind, and keeps no scratch files', async () => {
    const task = await taskOn(scratch, scratch.repository())
    const { indexFile, dir } = task.worktree
    scratch.write(dir, { 'new.txt': 'n\n' })
    rmSync(indexFile)
    writeFileSync(`${indexFile}.lock`, '')
    expect((await commit(task)).changed).toBe(true)
    expect(fingerprint(join(dir, '..'), ['täsk'])).toMatchObject({
      'täsk.index': expect.anything(),
    })
    expect(Object.keys(fingerprint(join(dir, '..'), ['täsk'])).sort()).toEqual([
      'täsk.index',
      'täsk.index.lock',
    ])
  })

  it('serves SHA-256', async () => {
    const task = await taskOn(scratch, scratch.repository(undefined, ['--object-format=sha256']))
    scratch.write(task.worktree.dir, { 'new.txt': 'n\n' })
    scratch.git(task.worktree.dir, 'add', '-A')
    scratch.git(task.worktree.dir, 'commit', '-q', '-m', 'mine')
    const { commit: id } = await commit(task)
    expect(id).toHaveLength(64)
    expect(scratch.git(task.mirror.dir, 'show', '-s', '--format=%b', id)).toContain('- mine')
  })

  it('is done for eight tasks at once without a lock error', async () => {
    const root = scratch.repository()
    const task = await taskOn(scratch, root)
    const tasks = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const { createWorktree } = await import('../worktree/worktree.ts')
        const worktree = await createWorktree(task.mirror, {
          dir: join(scratch.dir, `eight ${i}`),
          branch: `session/s1/task/e${i}`,
          commit: task.base,
        })
        scratch.write(worktree.dir, { [`f${i}`]: `${i}\n` })
        return { ...task, worktree }
      }),
    )
    const made = await Promise.all(tasks.map((one) => commit(one)))
    expect(new Set(made.map((one) => one.tree)).size).toBe(8)
  })
})
