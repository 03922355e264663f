import { createHash } from 'node:crypto'
import {
  type Agent,
  type ErrorCode,
  type PlanInput,
  wordingOf,
} from '../../src-shared/contract/index.ts'
import { allowedAgents } from '../agents/index.ts'
import { type Failure, fail, newSessionId, ok, type Result } from '../base/index.ts'
import {
  chooseTarget,
  countUncommitted,
  openRepository,
  type UserRepository,
  updateRefs,
} from '../git/index.ts'
import type { SessionRow } from '../storage/index.ts'
import type { ReadyPlan, Transaction } from '../tasks/index.ts'
import type { SessionDeps } from './deps.ts'
import { type Ground, readConfigAt, readGround } from './ground.ts'
import { putPlan } from './planning.ts'
import { asksForTrust } from './project-config.ts'
import { viewSession } from './session-view.ts'

// A goal is read by people on a screen and by every agent in its prompt.
const MAX_GOAL = 100_000

export interface SessionRequest {
  /** Absolute path of the repository, or of a folder in it. */
  repo: string
  goal: string
  plan?: PlanInput
  /** Agents allowed; none named means all. */
  agents?: readonly string[]
  target?: string
  /** The user saw the repository's `.thalogos.json` and trusts exactly this content. */
  trust: boolean
  /** False: a session of its own, whatever unfinished one there is. */
  resume?: boolean
}

type Opening<T> = Result<T, Failure<ErrorCode>>

/** Finds the unfinished session of the same request, or creates one as a draft. Starts nothing. */
export async function openSession(
  deps: SessionDeps,
  request: SessionRequest,
): Promise<Opening<{ session: SessionRow; resumed: boolean }>> {
  const goal = request.goal.trim()
  if (goal === '') return fail('goal_empty', 'a session needs a goal')
  if (goal.length > MAX_GOAL) return fail('goal_too_long', `it has ${goal.length} characters`)
  const known = await deps.agents()
  const named = request.agents ?? []
  const agents = checkAgents(idsOf(known), named)
  if (!agents.ok) return agents
  const plan = checkPlan(deps, request, idsOf(allowedAgents(named, known)))
  if (!plan.ok) return plan
  const repository = await openRepository(deps.git, request.repo)
  if (!repository.ok) return repository
  const digest = digestOf(request, repository.value, goal)
  const earlier =
    request.resume === false ? undefined : findUnfinished(deps, repository.value, digest)
  if (earlier) {
    const session = request.trust ? await trust(deps, earlier, repository.value) : earlier
    return ok({ session, resumed: true })
  }
  const ground = await readGround(deps.git, repository.value, request.target)
  if (!ground.ok) return ground
  const session = await create(deps, {
    request: { ...request, goal },
    repository: repository.value,
    digest,
    ...ground.value,
    ...(plan.value ? { plan: plan.value } : {}),
  })
  return ok({ session, resumed: false })
}

const idsOf = (agents: readonly Agent[]): string[] => agents.map(({ id }) => id)

function checkAgents(known: readonly string[], named: readonly string[]): Opening<void> {
  const stranger = named.find((id) => !known.includes(id))
  return stranger === undefined
    ? ok(undefined)
    : fail('agent_unknown', `${stranger} is not one of: ${known.join(', ')}`)
}

function checkPlan(
  deps: SessionDeps,
  request: SessionRequest,
  allowed: readonly string[],
): Opening<ReadyPlan | undefined> {
  if (request.plan === undefined) return ok(undefined)
  return deps.tasks.preparePlan(request.plan, new Set(allowed))
}

/** The same words on the same repository with the same plan: the same request. */
function digestOf(request: SessionRequest, { root }: UserRepository, goal: string): string {
  const { plan = null, agents = [], target = null } = request
  const text = JSON.stringify([root, goal, plan, [...agents].sort(), target])
  return createHash('sha256').update(text).digest('hex')
}

function findUnfinished(
  { events }: SessionDeps,
  repository: UserRepository,
  digest: string,
): SessionRow | undefined {
  const project = events.read.projects.byPath(repository.root)
  if (!project) return undefined
  return events.read.sessions
    .list({ projectId: project.id })
    .findLast((session) => session.digest === digest && !isComplete(events.read, session))
}

/** Finalized, or everything integrated and saved, and the one who asked has been told. */
function isComplete(read: SessionDeps['events']['read'], session: SessionRow): boolean {
  if (session.state === 'finalized') return true
  const tasks = read.tasks.bySession(session.id)
  const saved = read.checkpoints.list(session.id).at(-1)
  return (
    tasks.length > 0 &&
    tasks.every((task) => task.state === 'integrated') &&
    saved?.commit === session.integrationHead &&
    !wasFinishedUnseen(read, session.id)
  )
}

/** A Save that the last start finished was cut off before it was said: the same command says it, and starts nothing new. */
function wasFinishedUnseen(read: SessionDeps['events']['read'], sessionId: string): boolean {
  const types = ['session.recovered', 'session.state_changed'] as const
  return read.events.since(0, { sessionId, types }).at(-1)?.type === 'session.recovered'
}

/**
 * A session that goes on may become trusted, if what the user sees in the repository now is exactly what was
 * frozen when it was created; otherwise it stays as it is, and says so.
 */
async function trust(
  deps: SessionDeps,
  session: SessionRow,
  repository: UserRepository,
): Promise<SessionRow> {
  if (session.trusted) return session
  const chosen = await chooseTarget(deps.git, repository, session.target)
  const seen = chosen.ok ? await readConfigAt(deps.git, repository, chosen.value.commit) : chosen
  const frozen = await readConfigAt(deps.git, repository, session.base)
  const hash = frozen.ok ? frozen.value.hash : undefined
  const isSame = hash !== undefined && seen.ok && seen.value.hash === hash
  if (isSame) deps.projects.trust(session.projectId, hash)
  deps.events.commit((tables, emit) => {
    if (isSame) tables.sessions.update(session.id, { trusted: true })
    else sayUntrusted({ tables, emit }, { session, more: CHANGED, at: deps.clock.now() })
  })
  return { ...session, trusted: isSame }
}

const CHANGED =
  'The file has changed since the session began, which keeps the content it began with: start a new session to use the present one.'

/** Commands of the repository are not run until the user trusts them: said in the chat, where it matters. */
function sayUntrusted(
  { tables, emit }: Transaction,
  { session, more, at }: { session: SessionRow; more: string; at: string },
): void {
  const { what, kept, next } = wordingOf('config_untrusted')
  const sessionId = session.id
  const text = `${what} ${kept} ${next} ${more}`
  const message = tables.messages.insert({ sessionId, author: 'orchestrator', text, at })
  emit({ type: 'message.posted', actor: 'orchestrator', sessionId, data: { message } })
}

interface Creation extends Ground {
  request: SessionRequest
  repository: UserRepository
  digest: string
  plan?: ReadyPlan
}

async function create(deps: SessionDeps, creation: Creation): Promise<SessionRow> {
  const { repository, base, found, target, request } = creation
  const project = deps.projects.of(repository)
  const { config, hash } = found
  if (request.trust && hash) deps.projects.trust(project.id, hash)
  const trusted = !asksForTrust(config) || request.trust || project.trustedConfig === hash
  const mirror = await deps.projects.openMirror(project, repository, config.worktree.copy)
  const id = newSessionId()
  const integrationBranch = `session/${id}/integration`
  const made = await updateRefs(mirror, [
    { ref: `refs/heads/${integrationBranch}`, to: base, from: '' },
  ])
  if (!made.ok) throw new Error(made.error.message)
  const at = deps.clock.now()
  const session: SessionRow = {
    id,
    projectId: project.id,
    goal: request.goal,
    state: 'draft',
    target,
    base,
    integrationBranch,
    integrationHead: base,
    digest: creation.digest,
    projectConfig: config,
    trusted,
    agents: [...(request.agents ?? [])],
    createdAt: at,
    updatedAt: at,
  }
  const uncommitted = await countUncommitted(deps.git, repository)
  store(deps, session, { uncommitted, ...(creation.plan ? { plan: creation.plan } : {}) })
  return session
}

const UNCHECKED = 'Until then work is unchecked.'

function store(
  deps: SessionDeps,
  session: SessionRow,
  { uncommitted, plan }: { uncommitted: number; plan?: ReadyPlan },
): void {
  const { id: sessionId, goal, target, base, createdAt: at } = session
  deps.events.commit((tables, emit) => {
    tables.sessions.insert(session)
    // Checkpoint 0 is the target as the session found it: it needs no tag, its commit is the user's.
    tables.checkpoints.insert({
      sessionId,
      n: 0,
      tag: '',
      commit: base,
      message: 'as the session found it',
      at,
      evidence: [],
    })
    emit({
      type: 'session.created',
      actor: 'user',
      sessionId,
      data: { goal, target, uncommitted, session: viewSession(tables, session) },
    })
    const asked = tables.messages.insert({ sessionId, author: 'user', text: goal, at })
    emit({ type: 'message.posted', actor: 'user', sessionId, data: { message: asked } })
    if (!session.trusted) sayUntrusted({ tables, emit }, { session, more: UNCHECKED, at })
    if (plan) putPlan({ tables, emit }, { sessionId, plan, by: 'user', at })
  })
}
