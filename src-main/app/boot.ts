import { join } from 'node:path'
import type { Config, ErrorCode } from '../../src-shared/contract/index.ts'
import {
  type Agents,
  createAgents,
  createRunner,
  inheritedEnvironment,
  type Runner,
} from '../agents/index.ts'
import {
  createKeyedQueue,
  Disposables,
  type Failure,
  type Log,
  ok,
  type Redactor,
  type Result,
  systemClock,
} from '../base/index.ts'
import { createEvents, type Events } from '../events/index.ts'
import { createGit, type Git } from '../git/index.ts'
import { createProjects, createSessions, type Projects, type Sessions } from '../sessions/index.ts'
import { openStorage, type Storage } from '../storage/index.ts'
import {
  type CommandRunner,
  createCommandRunner,
  createTasks,
  createVerifier,
  createWorkspaces,
  type Tasks,
  type Workspaces,
} from '../tasks/index.ts'
import { logEvents } from '../telemetry/index.ts'
import { announceAgents } from './announce-agents.ts'
import { type Health, watchHealth } from './health.ts'
import { startRehearsal } from './rehearsal.ts'
import { createRunTools, type RunTools } from './run-tools.ts'
import { hideSecrets } from './settings/hide-secrets.ts'
import { createSettingsStore, type SettingsStore } from './settings/settings-store.ts'

export interface BootOptions {
  /** Everything Thalogos keeps; one orchestrator at a time owns it. */
  dataDir: string
  /** Of a file; without one what is stored in the data folder applies. */
  config?: Config | undefined
  /** Where the launcher and the rehearsal agent are. */
  resourcesDir: string
  log: Log
  /** Told of every secret that is made or learned while it runs, so that none is logged. */
  redactor: Redactor
  /** Milliseconds that only go forward, by which alerts tell how long something takes; for tests. */
  monotonic?: () => number
}

/** The parts of a running orchestrator, wired. */
export interface Parts {
  git: Git
  storage: Storage
  events: Events
  agents: Agents
  runner: Runner
  tasks: Tasks
  sessions: Sessions
  /** What somebody should look at, and numbers for machines. */
  alerts: Health['alerts']
  metrics: Health['metrics']
  projects: Projects
  workspaces: Workspaces
  settings: SettingsStore
  /** Starts a session that needs no agent CLI. */
  rehearse(): ReturnType<typeof startRehearsal>
  /** Our own tools for the agents of runs; nobody has them before `serveAt`. */
  tools: RunTools
  /** Stops what runs (it can go on later), then closes everything in order. */
  close(): Promise<void>
}

/** The only composition root: opens, recovers, and wires the ports between the modules. */
export async function boot(options: BootOptions): Promise<Result<Parts, Failure<ErrorCode>>> {
  const { dataDir, log } = options
  const git = await createGit({ log })
  if (!git.ok) return git
  const storage = openStorage({ dir: dataDir, clock: systemClock, log })
  if (!storage.ok) return storage
  const owned = new Disposables()
  owned.own(storage.value)
  const events = createEvents({ storage: storage.value, clock: systemClock, log })
  owned.defer(logEvents(events, log))
  const settings = openSettings(options, events, (config) => {
    parts.agents.configure(config)
    // More may be done at once now, or by others.
    parts.sessions.agentReturned().catch((error: unknown) => {
      log.error('work did not go on with another configuration', { error })
    })
  })
  const ground = { git: git.value, storage: storage.value, events, settings, owned }
  const parts = wire(options, ground)
  try {
    await parts.command.recover()
    await parts.sessions.recover()
  } catch (error) {
    await owned.close()
    throw error
  }
  const health = watchHealth({
    ...options,
    ...parts,
    events,
    owned,
    places: () => settings.config().limits.concurrentRuns,
  })
  return ok({
    ...ground,
    ...parts,
    ...health,
    rehearse: () => startRehearsal({ ...options, ...ground, ...parts }),
    close: () => owned.close(),
  })
}

interface Ground {
  git: Git
  storage: Storage
  events: Events
  settings: SettingsStore
  owned: Disposables
}

type Wired = Omit<Parts, keyof Ground | 'alerts' | 'metrics' | 'rehearse' | 'close'> & {
  command: CommandRunner
}

function wire(options: BootOptions, ground: Ground): Wired {
  const { dataDir, resourcesDir, log } = options
  const { git, events, settings, owned } = ground
  const { artifacts } = ground.storage
  const clock = systemClock
  const integration = createKeyedQueue()
  const agents = owned.own(
    announceAgents(
      createAgents({
        config: settings.config(),
        resourcesDir,
        log,
        onReturn: (id) => {
          sessions.agentReturned().catch((error: unknown) => {
            log.error('work for an agent that returned did not go on', { agent: id, error })
          })
        },
      }),
      { events, log },
    ),
  )
  const runner = owned.own(createRunner({ agents, dir: dataDir, artifacts, clock, log }))
  // Checks and setup see what a shell of the user would, and nothing of ours or of an agent's keys.
  const command = createCommandRunner({
    // A check that calls git must not find a repository above the data folder.
    environment: () => ({
      ...inheritedEnvironment(process.env, []),
      GIT_CEILING_DIRECTORIES: dataDir,
    }),
    dir: join(dataDir, 'commands'),
  })
  const workspaces = createWorkspaces({ events, artifacts, dataDir, command, clock, log })
  const verifier = createVerifier({ events, artifacts, command, dataDir, clock, log })
  const projects = createProjects({ events, git, dataDir, clock })
  const tools = createRunTools()
  const tasks = createTasks({
    events,
    artifacts,
    agents,
    runner,
    workspaces,
    verifier,
    integration,
    access: tools.access,
    dataDir,
    mirror: (projectId) => projects.mirror(projectId),
    // Tasks and sessions know one another only here; by the first call both exist.
    sessions: {
      stand: (sessionId, standing) => sessions.stand(sessionId, standing),
      halt: (sessionId, reason) => sessions.halt(sessionId, reason),
      reopen: (sessionId) => sessions.reopen(sessionId),
    },
    limits: settings.limits,
    clock,
    log,
  })
  const sessions = createSessions({
    events,
    git,
    projects,
    tasks,
    verifier,
    workspaces,
    runs: runner,
    integration,
    checkouts: createKeyedQueue(),
    agents: (options) => agents.list(options),
    agentName: (id) => agents.adapter(id)?.descriptor.name ?? id,
    clock,
    log,
  })
  owned.defer(() => sessions.close())
  return { agents, runner, tasks, sessions, projects, workspaces, tools, command }
}

function openSettings(
  { config: fixed, redactor, log }: BootOptions,
  events: Events,
  apply: (config: Config) => void,
): SettingsStore {
  const hide = (config: Config) => hideSecrets(redactor, { config, env: process.env })
  const onChange = (config: Config) => {
    hide(config)
    apply(config)
  }
  const settings = createSettingsStore({ events, fixed, onChange, clock: systemClock, log })
  hide(settings.config())
  return settings
}
