import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { spawnPty } from '../../src-main/agents/pty/pty.ts'
import type { Session, Task } from '../../src-shared/contract/index.ts'
import { makeSampleRepository, rawGit, scratchFolder, timed } from './sample-tree.ts'
import { type Asked, openHouse } from './stream/house.ts'

const PAIRS = 10
const WORD = 'begun'
// What it prints comes before what it does; a task without a change would be tried again.
const SCRIPT = `echo ${WORD}; date > changed-$$.txt; exit 0\n`
const ACKNOWLEDGED_MS = 100
const RATIO_LIMIT = 1.2

/**
 * Measure 14: from the request for a task until the first byte of its agent's terminal is with the client, on a
 * repository of 10,000 files; against a worktree by git and the same agent in a bare terminal, one after the other.
 * The request itself is answered long before.
 */
export const bench = {
  id: '14',
  name: `request to first terminal frame: the worse of (worktree + agent) / ${RATIO_LIMIT} and answer / ${ACKNOWLEDGED_MS} ms`,
  target: { max: 1 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const dir = scratchFolder()
    const repo = makeSampleRepository(dir)
    const house = await openHouse(join(dir, 'data'), {
      shell: { command: '/bin/sh', args: ['-s'] },
    })
    const pairs = []
    const times = { first: 0, answer: 0 }
    try {
      const session = await begin(house.ask, repo)
      await house.rests(session.id)
      for (let i = -1; i < PAIRS; i += 1) {
        settle()
        const bare = await bareStart(repo, join(dir, `bare${i}`))
        settle()
        const { first, answer } = await house.firstFrame(() =>
          house.ask<Task>('POST', `/api/sessions/${session.id}/tasks`, {
            title: `Task ${i}`,
            prompt: SCRIPT,
            agent: 'shell',
          }),
        )
        await house.rests(session.id)
        if (i < 0) continue
        pairs.push({
          ours: Math.max(first / bare / RATIO_LIMIT, answer / ACKNOWLEDGED_MS),
          limit: 1,
        })
        times.first += first / PAIRS
        times.answer = Math.max(times.answer, answer)
      }
    } finally {
      await house.close()
      rmSync(dir, { recursive: true, force: true })
    }
    const ms = (value: number) => `${value.toFixed(0)} ms`
    return { pairs, extra: `${ms(times.first)}; answered within ${ms(times.answer)}` }
  },
}

/** Neither side pays for what the other one left to be written. */
const settle = () => execFileSync('sync')

/** A session at work, so that the mirror of its project is there. */
async function begin(ask: Asked, repo: string): Promise<Session> {
  const tasks = [{ title: 'First', prompt: SCRIPT, agent: 'shell' }]
  const body = { repo, goal: 'A goal', plan: { tasks }, start: true }
  return await ask<Session>('POST', '/api/sessions', body)
}

/**
 * The same by hand: a worktree of git, and the command in a terminal until its first byte. It stays, as ours does:
 * a folder that was removed leaves its blocks and its memory to the next, which is then made several times as fast.
 */
async function bareStart(repo: string, worktree: string): Promise<number> {
  return await timed(async () => {
    rawGit(repo, 'worktree', 'add', '-q', '--detach', worktree)
    await new Promise<void>((resolve) => {
      const env = { PATH: process.env['PATH'] ?? '' }
      const args = ['-c', `cd "$0" && ${SCRIPT}`, worktree]
      spawnPty({ file: '/bin/sh', args, env, cols: 120, rows: 40 }).onData(() => resolve())
    })
  })
}
