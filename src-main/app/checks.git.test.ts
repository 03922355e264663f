import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Session } from '../../src-shared/contract/index.ts'
import { createWorld, shellTask as task, type World } from './fixture/world.ts'

let world: World
const open = async (project: object) => {
  world = await createWorld({ project })
  return world
}
afterEach(() => world.close())

const outcome = ({ tasks }: Session) => tasks.map(({ state, reason }) => reason?.code ?? state)
const check = (name: string, run: string, more: object = {}) => ({ name, run, ...more })

describe('a check', () => {
  it('sees exactly the tree, whatever the check before it made of the folder', async () => {
    const { work } = await open({
      checks: [check('test', 'sh test.sh'), check('lint', '! grep -rq BAD src')],
    })
    const session = await work([
      task('a', "mkdir -p src; echo BAD > src/a.txt; echo 'echo fine > src/a.txt' > test.sh"),
    ])
    expect(outcome(session)).toEqual(['checks_failed'])
    expect(session.tasks[0]?.evidence[1]).toMatchObject({ check: 'lint', exitCode: 1 })
  })

  it('finds what the setup made as the setup made it, not as an earlier tree left it', async () => {
    const { work } = await open({
      worktree: {
        setup:
          'mkdir -p ignored/bin; echo "exit 1" > ignored/run.sh; ln -s run.sh ignored/bin/link; echo kept > ignored/kept; echo ran >> ../setups',
      },
      checks: [
        check('test', 'sh evil.sh 2>/dev/null; grep -q kept ignored/kept && sh ignored/run.sh'),
      ],
    })
    const evil =
      'echo exit 0 > ignored/run.sh; rm -r ignored/bin; ln -s / ignored/bin; touch ignored/new'
    const first = await work([task('a', `echo '${evil}' > evil.sh`)])
    expect(outcome(first)).toEqual(['integrated'])
    const second = await work([task('b', 'echo b > b.txt')], { goal: 'An honest one' })
    expect(outcome(second)).toEqual(['checks_failed'])
    const setups = join(world.dataDir, 'verify', second.projectId, 'setups')
    expect(readFileSync(setups, 'utf8')).toBe('ran\n')
  })

  it('has not passed when its time was up, though it says so on its way out', async () => {
    const run = "trap 'exit 0' TERM; sleep 30 & wait"
    const { work } = await open({ checks: [check('slow', run, { timeoutSeconds: 0.5 })] })
    const session = await work([task('a', 'echo a > a.txt')])
    expect(session.tasks[0]?.reason).toEqual({
      code: 'checks_failed',
      message: 'slow did not end in time',
    })
    expect(session.tasks[0]?.evidence[0]?.exitCode).toBeNull()
  })

  it('that a signal ended is told from one whose time was up', async () => {
    const { work } = await open({ checks: [check('killed', 'kill -KILL $$')] })
    const session = await work([task('a', 'echo a > a.txt')])
    expect(session.tasks[0]?.reason?.message).toBe('killed ended with 137')
  })
})

describe('a setup', () => {
  it('that fails leaves its output to be read', async () => {
    const { work } = await open({ worktree: { setup: 'echo first; echo last >&2; exit 7' } })
    const session = await work([task('a', 'echo a > a.txt')])
    expect(outcome(session)).toEqual(['setup_failed'])
    const [failed] = world.parts.events.since(0, { types: ['setup.failed'] })
    expect(failed?.data).toMatchObject({ exitCode: 7 })
    const log = failed?.type === 'setup.failed' ? failed.data.log : ''
    const output = await world.parts.storage.artifacts.read(log)
    expect(output?.toString()).toBe('first\nlast\n')
  })
})
