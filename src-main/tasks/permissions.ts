import type { Approval, ErrorCode, Run } from '../../src-shared/contract/index.ts'
import type { Agents, PermissionAnswer, PermissionQuestion } from '../agents/index.ts'
import {
  type Clock,
  type Failure,
  fail,
  newApprovalId,
  ok,
  printableLine,
  type Result,
} from '../base/index.ts'
import type { Events } from '../events/index.ts'
import { permissionSubject, sessionAllowance } from '../policy/index.ts'
import { putApproval, settleApproval } from './commands/questions.ts'

/** What agents ask while they work, as approvals; each is answered once, or withdrawn. */
export interface Permissions {
  /**
   * Asks the user, unless the same was allowed for the session. Resolves with the answer; a question that is
   * withdrawn, also with the end of its run, is a denial. `signal` withdraws it.
   */
  ask(
    runId: string,
    question: Omit<PermissionQuestion, 'id'>,
    signal?: AbortSignal,
  ): Promise<Result<PermissionAnswer, Failure<ErrorCode>>>
}

export interface PermissionDeps {
  events: Events
  agents: Pick<Agents, 'adapter'>
  clock: Clock
  /** A run waits for a person now, and its place is free for another one. */
  waits(): void
}

export function createPermissions(deps: PermissionDeps): Permissions {
  return {
    async ask(runId, question, signal) {
      const run = deps.events.read.runs.get(runId)
      if (!run || run.state === 'ended') return fail('run_not_live', 'the run has ended')
      const approval = put(deps, run, question)
      if (approval.state !== 'open') return ok(ALLOW)
      const answer = decided(deps, approval, signal)
      deps.waits()
      return ok(await answer)
    },
  }
}

const ALLOW: PermissionAnswer = { decision: 'allow' }
const WITHDRAWN: PermissionAnswer = { decision: 'deny', note: 'The question was withdrawn.' }

// A command of this length is a script; the whole of it is what is allowed, and is in the subject.
const SHOWN_CHARS = 2_000

/** Stores the question; it has its answer already where the session has one. */
function put(deps: PermissionDeps, run: Run, question: Omit<PermissionQuestion, 'id'>): Approval {
  const { agent, sessionId, taskId } = run
  const subject = permissionSubject(question.tool, question.subject)
  const at = deps.clock.now()
  return deps.events.commit((tables, emit) => {
    const rule = sessionAllowance(tables.approvals.bySession(sessionId), { agent, subject })
    const approval: Approval = {
      id: newApprovalId(),
      sessionId,
      ...(taskId ? { taskId } : {}),
      runId: run.id,
      agent,
      kind: 'permission',
      question: questionText(agentName(deps, agent), question),
      options: ['allow', 'allow_session', 'deny'],
      subject,
      at,
      ...(rule
        ? { state: 'allowed', scope: 'once', decidedBy: `approval:${rule.id}` }
        : { state: 'open' }),
    }
    putApproval({ tables, emit }, approval)
    return approval
  })
}

const agentName = (deps: PermissionDeps, agent: string): string =>
  deps.agents.adapter(agent)?.descriptor.name ?? agent

const DEEDS: Readonly<Record<string, string>> = {
  shell: 'run',
  edit: 'change',
  fetch: 'fetch',
}

function questionText(
  name: string,
  { tool, subject, why }: Omit<PermissionQuestion, 'id'>,
): string {
  const deed = DEEDS[tool] ?? `use ${printableLine(tool, 100)} with`
  const reason = why ? ` (${printableLine(why, SHOWN_CHARS)})` : ''
  return `${name} wants to ${deed}: ${printableLine(subject, SHOWN_CHARS)}${reason}`
}

/** Waits for the answer, which comes as an event: of the user, of a cancellation, of the end of the run. */
function decided(
  deps: PermissionDeps,
  { id }: Approval,
  signal: AbortSignal | undefined,
): Promise<PermissionAnswer> {
  return new Promise((resolve) => {
    const stop = deps.events.subscribe((event) => {
      if (event.type !== 'approval.decided' || event.data.approval.id !== id) return
      stop()
      signal?.removeEventListener('abort', withdraw)
      resolve(answerOf(event.data.approval))
    })
    const withdraw = () => withdrawOpen(deps, id)
    signal?.addEventListener('abort', withdraw, { once: true })
    if (signal?.aborted) withdraw()
  })
}

function answerOf({ state, note }: Approval): PermissionAnswer {
  if (state === 'withdrawn') return WITHDRAWN
  return { decision: state === 'allowed' ? 'allow' : 'deny', ...(note ? { note } : {}) }
}

function withdrawOpen(deps: PermissionDeps, approvalId: string): void {
  deps.events.commit((tables, emit) => {
    const approval = tables.approvals.get(approvalId)
    if (approval?.state === 'open') {
      settleApproval({ tables, emit }, { ...approval, state: 'withdrawn' })
    }
  })
}
