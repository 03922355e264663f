import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Git } from '../git/index.ts'
import type { Sessions } from '../sessions/index.ts'
import { createSampleRepository, readDemoScript } from './sample-repository.ts'

interface RehearsalDeps {
  git: Git
  sessions: Pick<Sessions, 'open' | 'start'>
  dataDir: string
  resourcesDir: string
}

/**
 * Starts a session on a new sample repository in the data folder, with agents that follow a script: the whole way
 * to Save without a key, a model or a network.
 */
export async function startRehearsal(deps: RehearsalDeps) {
  const { git, sessions, dataDir, resourcesDir } = deps
  const { goal, plan, agents } = await readDemoScript(resourcesDir)
  const parent = join(dataDir, 'rehearsals')
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const dir = await mkdtemp(join(parent, 'tally-'))
  const { dir: repo } = await createSampleRepository(git, { resourcesDir, dir })
  const opened = await sessions.open({ repo, goal, plan, agents, trust: true, resume: false })
  return opened.ok ? await sessions.start(opened.value.session.id) : opened
}
