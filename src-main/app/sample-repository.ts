import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { type Plan, planSchema } from '../../src-shared/contract/index.ts'
import type { Git, Place } from '../git/index.ts'

/** The sample project in a repository of its own, with a history like a real one. */
export interface SampleRepository {
  dir: string
  place: Place
}

const IDENTITY = { name: 'Sample', email: 'sample@thalogos.invalid' } as const

/** The commits of its history: what each one adds to the one before. */
const HISTORY: readonly { subject: string; files: readonly string[] }[] = [
  {
    subject: 'Start tally: count the words of a text',
    files: ['package.json', '.gitignore', 'src'],
  },
  { subject: 'Test what counts as a word', files: ['test'] },
  { subject: 'Describe it, and name the check', files: ['README.md', '.thalogos.json'] },
]

/** Copies the sample project from the program's resources into `dir`, which must not exist, and commits it. */
export async function createSampleRepository(
  git: Git,
  { resourcesDir, dir }: { resourcesDir: string; dir: string },
): Promise<SampleRepository> {
  const source = join(resourcesDir, 'sample-project')
  await mkdir(dir, { recursive: true })
  const place: Place = { profile: 'user', gitDir: join(dir, '.git'), workTree: dir }
  await git.run(undefined, ['init', '--quiet', '--template=', '--initial-branch=main', '--', dir])
  await git.run(place, ['config', 'user.name', IDENTITY.name])
  await git.run(place, ['config', 'user.email', IDENTITY.email])
  for (const { subject, files } of HISTORY) {
    for (const file of files) await cp(join(source, file), join(dir, file), { recursive: true })
    await git.run(place, ['add', '--all'])
    await git.run(place, ['commit', '--quiet', '--message', subject])
  }
  return { dir, place }
}

const demoSchema = z.strictObject({
  goal: z.string(),
  agents: z.array(z.string()),
  tasks: z.array(planSchema.shape.tasks.element.omit({ prompt: true }).required({ id: true })),
})

export interface DemoScript {
  goal: string
  agents: string[]
  plan: Plan
}

/** The demo's goal and plan: `plan.json`, and a prompt for each task in a file of its own. */
export async function readDemoScript(resourcesDir: string): Promise<DemoScript> {
  const dir = join(resourcesDir, 'demo')
  const script = demoSchema.parse(JSON.parse(await readFile(join(dir, 'plan.json'), 'utf8')))
  const tasks = await Promise.all(
    script.tasks.map(async (task) => ({
      ...task,
      prompt: await readFile(join(dir, `${task.id}.md`), 'utf8'),
    })),
  )
  return { goal: script.goal, agents: script.agents, plan: planSchema.parse({ tasks }) }
}

/** A folder below `parent` that does not exist yet: `tally-1`, `tally-2`, … */
export async function freeFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true })
  const taken = new Set(await readdir(parent))
  let n = 1
  while (taken.has(`tally-${n}`)) n += 1
  return join(parent, `tally-${n}`)
}
