import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Checkpoint, configSchema, type Session } from '../../../src-shared/contract/index.ts'
import { type Log, silentLog } from '../../base/index.ts'
import { createGit, type Git } from '../../git/index.ts'
import type { Orchestrator } from '../client/orchestrator-client.ts'
import {
  createSampleRepository,
  type DemoScript,
  freeFolder,
  readDemoScript,
  type SampleRepository,
} from '../sample-repository.ts'
import { oneLine, shortCommit } from '../terminal/format.ts'
import { lineageLines } from '../terminal/result-view.ts'
import { type CommandContext, EXIT, explain, withData } from './context.ts'
import { runSession } from './session-run.ts'

export interface DemoOptions {
  data?: string
}

// The sample's whole history and the session's commits, with room to spare.
const LOG_LINES = 40

/** The main job on a sample repository, with agents that follow a script. 0 only if the checkpoint exists. */
export async function demoCommand(context: CommandContext, options: DemoOptions): Promise<number> {
  const { screen, resourcesDir } = context
  const git = await createGit({ log: silentLog })
  if (!git.ok) {
    explain(screen, git.error)
    return EXIT.incomplete
  }
  const places = await choosePlaces(options.data)
  const script = await readDemoScript(resourcesDir)
  const settings = configSchema.parse({
    agents: Object.fromEntries(script.agents.map((id) => [id, {}])),
  })
  const code = await withData(context, { data: places.data, settings }, (opened) =>
    rehearse({ context, ...opened, git: git.value }, script, places),
  )
  return code ?? EXIT.usage
}

interface Rehearsal {
  context: CommandContext
  orchestrator: Orchestrator
  log: Log
  git: Git
}

async function rehearse(
  { context, orchestrator, log, git }: Rehearsal,
  { goal, plan, agents }: DemoScript,
  places: Places,
): Promise<number> {
  const { screen, resourcesDir } = context
  // Not before the data folder was prepared, in which it may stand.
  const dir = await freeFolder(places.repositories)
  const sample = await createSampleRepository(git, { resourcesDir, dir })
  screen.line('A rehearsal: the agents follow a script instead of asking a model.')
  screen.line('What they edit, and what is checked, merged and saved, is real.')
  screen.line(`goal: ${goal}`)
  let exists = false
  const code = await runSession(
    {
      context,
      orchestrator,
      log,
      save: true,
      allowUnchecked: false,
      json: false,
      async afterwards(session, checkpoint) {
        exists = await isSaved(git, sample, checkpoint)
        const history = await orchestrator.operations.lineage({ session: session.id })
        const lineage = lineageLines(history.ok ? history.value : [], screen.paint)
        for (const line of ['', 'lineage, newest first:', ...lineage]) screen.line(line)
        await showRepository({ context, git, sample }, session)
      },
    },
    { repo: sample.dir, goal, plan, agents, trust: true },
  )
  screen.line('')
  screen.line(`the repository: ${sample.dir}`)
  screen.line(`the data (log, transcripts, evidence): ${places.data}`)
  screen.line(`to remove it: rm -rf ${quote(places.remove ?? dir)}`)
  return code === EXIT.done && !exists ? EXIT.incomplete : code
}

interface Places {
  data: string
  /** Where the sample repository is made. */
  repositories: string
  /** What holds all that the demo made, where that is more than the repository. */
  remove?: string
}

/** A folder of its own for everything, or a fresh one for the repository below the data folder named. */
async function choosePlaces(named: string | undefined): Promise<Places> {
  if (named !== undefined)
    return { data: resolve(named), repositories: join(resolve(named), 'demo') }
  const home = await mkdtemp(join(tmpdir(), 'thalogos-demo-'))
  return { data: join(home, 'data'), repositories: home, remove: home }
}

/** Asked of the repository itself, not of what the orchestrator remembers. */
async function isSaved(
  git: Git,
  { place }: SampleRepository,
  checkpoint: Checkpoint | undefined,
): Promise<boolean> {
  if (!checkpoint) return false
  const ref = `refs/tags/${checkpoint.tag}^{commit}`
  const { stdout } = await git.run(place, ['rev-parse', '--verify', '--quiet', ref], {
    expect: [1],
  })
  return stdout.toString('utf8').trim() === checkpoint.commit
}

async function showRepository(
  { context, git, sample }: { context: CommandContext; git: Git; sample: SampleRepository },
  session: Session,
): Promise<void> {
  const { screen } = context
  const log = await git.text(sample.place, [
    'log',
    '--graph',
    '--decorate=short',
    '--format=%h%d %s, %an',
    `--max-count=${LOG_LINES}`,
    session.target,
    '--',
  ])
  const tags = await git.text(sample.place, [
    'tag',
    '--list',
    '--format=%(refname:short) %(*objectname)',
  ])
  for (const line of ['', `git log ${oneLine(session.target)}:`, ...log.split('\n')]) {
    screen.line(oneLine(line))
  }
  screen.line('')
  for (const line of tags.split('\n').filter(Boolean)) {
    const [tag = '', commit = ''] = line.split(' ')
    screen.line(`tag ${oneLine(tag)} → ${shortCommit(commit)}`)
  }
}

const quote = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
