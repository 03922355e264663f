import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createScratch, type Scratch } from '../fixture/raw-repository.ts'
import { asCodex, taskOn } from '../fixture/task.ts'
import { readRef } from '../refs.ts'
import { commitContent } from './commit.ts'
import { takeSnapshot } from './snapshot.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

const shell = (command: string, ...args: string[]) =>
  execFileSync('sh', ['-c', command, ...args], { stdio: 'ignore' })

it('a full disk is told as one, leaves nothing half done, and the same step works once there is space', async (context) => {
  const data = join(scratch.dir, 'data földer')
  mkdirSync(data)
  try {
    shell('mount -t tmpfs -o size=4m none "$0"', data)
  } catch {
    context.skip('this user may not mount a small disk')
  }
  try {
    const { mirror, worktree, base } = await taskOn(scratch, scratch.repository())
    const large = join(worktree.dir, 'large')
    scratch.write(worktree.dir, { large: randomBytes(2_500_000), 'small.txt': 's\n' })
    const full = { code: 'ENOSPC' }
    await expect(commitContent(mirror, worktree, asCodex)).rejects.toMatchObject(full)
    const snapshot = { ref: 'refs/thalogos/snapshots/1', message: 's' }
    await expect(takeSnapshot(mirror, worktree, snapshot)).rejects.toMatchObject(full)
    expect(await readRef(mirror, 'refs/heads/session/s1/task/t1')).toBe(base)
    expect(await readRef(mirror, snapshot.ref)).toBeUndefined()
    rmSync(large)
    expect(await commitContent(mirror, worktree, asCodex)).toMatchObject({
      ok: true,
      value: { changed: true },
    })
  } finally {
    shell('umount "$0"', data)
  }
})
