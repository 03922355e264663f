import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createWorld, type World } from './fixture/world.ts'

// Two whole sessions at the pace at which a person can watch them.
const TWO_REHEARSALS_MS = 180_000

let world: World
afterEach(async () => {
  await world.close()
  expect(world.errors).toEqual([])
})

async function rehearse() {
  const started = await world.parts.rehearse()
  if (!started.ok) throw new Error(`${started.error.code}: ${started.error.message}`)
  return started.value
}

it(
  'begins anew each time, in a repository of its own in the data folder, and leaves the user’s alone',
  async () => {
    world = await createWorld({ agents: {} })
    const before = world.git('rev-parse', 'HEAD')
    const sessions = [await rehearse(), await rehearse()]
    const paths = sessions.map(
      ({ projectId }) => world.parts.events.read.projects.get(projectId)?.path ?? '',
    )
    expect(new Set(paths).size).toBe(2)
    for (const path of paths) {
      expect(path).toContain(join('data', 'rehearsals') + sep)
      expect(existsSync(join(path, '.git'))).toBe(true)
    }
    for (const { id } of sessions) {
      const { state, tasks } = await world.rest(id)
      expect(state).toBe('awaiting_review')
      expect(tasks.map((task) => task.state)).toEqual(Array(5).fill('integrated'))
    }
    expect(world.git('rev-parse', 'HEAD')).toBe(before)
    expect(world.git('status', '--porcelain')).toBe('')
  },
  TWO_REHEARSALS_MS,
)
