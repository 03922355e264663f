import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { type Agent, taskKinds } from '../../src-shared/contract/index.ts'
import type { RunEnd } from '../agents/index.ts'
import {
  createWorktree,
  type Mirror,
  openWorktree,
  trashWorktree,
  updateRefs,
} from '../git/index.ts'
import type { SessionRow } from '../storage/index.ts'
import type { TaskDeps } from './deps.ts'
import { preparePlan, type ReadyPlan } from './plan.ts'
import { superviseRun } from './supervise.ts'

// A second try mends a slip of form; a model that fails twice will not find the form at the third.
const TRIES = 2

/** A plan and who made it: an agent's id, or `fallback` for the goal as one task. */
export interface ProposedPlan {
  plan: ReadyPlan
  by: string
}

export interface PlanningRequest {
  session: SessionRow
  mirror: Mirror
  /** Those the plan may name and one of which plans. */
  agents: readonly Agent[]
  signal: AbortSignal
}

// Every key is required and closed: the form that strict structured output of the model services asks for.
const answerSchema = z.strictObject({
  tasks: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      prompt: z.string(),
      agent: z.string().nullable(),
      needs: z.array(z.string()),
      files: z.array(z.string()),
      kind: z.enum(taskKinds),
    }),
  ),
})

/**
 * Asks an agent to split the goal; an answer that is no plan is sent back once. An agent that cannot answer is
 * replaced by the next one; when none is left, or the signal comes, the goal is one task.
 */
export async function proposePlan(deps: TaskDeps, request: PlanningRequest): Promise<ProposedPlan> {
  for (const { id, available, structured } of request.agents) {
    if (!available || !structured) continue
    const proposed = await proposeWith(deps, request, id)
    if (request.signal.aborted) break
    if (proposed !== 'no_answer') return proposed
  }
  return fallback(request.session.goal)
}

/** One planner's plan; the goal as one task when its answers are none. */
async function proposeWith(
  deps: TaskDeps,
  request: PlanningRequest,
  planner: string,
): Promise<ProposedPlan | 'no_answer'> {
  const { session, agents, signal } = request
  const known = new Set(agents.map((agent) => agent.id))
  let fault: string | undefined
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const end = await ask(deps, request, { planner, fault })
    if (end.outcome !== 'succeeded' || signal.aborted) return 'no_answer'
    const plan = preparePlan(withoutNulls(parseAnswer(end.answer ?? '')), known)
    if (plan.ok) return { plan: plan.value, by: planner }
    fault = plan.error.message
    reject(deps, session.id, { attempt, message: fault })
  }
  return fallback(session.goal)
}

/** The goal as its only task. */
const fallback = (goal: string): ProposedPlan => ({
  plan: {
    tasks: [
      { id: 't1', title: titleOf(goal), prompt: goal, needs: [], files: [], kind: 'implement' },
    ],
  },
  by: 'fallback',
})

// A title is a line on the screen and a commit subject; 72 characters is git's custom for those.
const titleOf = (goal: string) => {
  const line = goal.trim().split('\n')[0] ?? ''
  return [...line].length > 72 ? `${[...line].slice(0, 71).join('')}…` : line
}

/** One planning run in a worktree of its own, which is thrown away: a planner reads, it does not edit. */
async function ask(
  deps: TaskDeps,
  { session, mirror, agents, signal }: PlanningRequest,
  { planner, fault }: { planner: string; fault: string | undefined },
): Promise<RunEnd> {
  const dir = join(deps.dataDir, 'worktrees', session.id, 'plan')
  const branch = `session/${session.id}/plan`
  const name = { dir, branch, base: session.base }
  const trash = join(deps.dataDir, 'trash')
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 })
  // Left by a planner that was killed.
  if (existsSync(dir)) await trashWorktree(openWorktree(mirror, name), trash)
  const worktree = await createWorktree(mirror, { dir, branch, commit: session.base, copy: [] })
  try {
    return await superviseRun(deps, {
      sessionId: session.id,
      agent: planner,
      cause: fault === undefined ? 'first' : 'asked',
      worktree: dir,
      prompt: planPrompt({ goal: session.goal, agents, fault }),
      extra: { schema: z.toJSONSchema(answerSchema) },
      signal,
    })
  } finally {
    await trashWorktree(worktree, trash)
    // The history of the session is that of its tasks.
    await updateRefs(mirror, [{ ref: `refs/heads/${branch}`, to: '' }])
  }
}

function planPrompt(input: {
  goal: string
  agents: readonly Agent[]
  fault: string | undefined
}): string {
  const agents = input.agents.filter((agent) => agent.available).map((agent) => agent.id)
  return `Split a goal into tasks for coding agents that work at the same time, each in its own copy of this repository.
Look at the repository first; change nothing. Make few tasks: one is right for a small goal. Tasks that touch the same files
need each other ("needs" lists the ids of tasks that must be integrated before) or are one task. Each prompt must be
complete: the agent sees nothing else. "files" are the paths a task is expected to touch. "agent" is null, or one of:
${agents.join(', ')}. "kind" is one of: ${taskKinds.join(', ')}.
Answer with JSON alone, in this form:
{"tasks":[{"id":"a","title":"…","prompt":"…","agent":null,"needs":[],"files":[],"kind":"implement"}]}
${input.fault === undefined ? '' : `\nYour last answer could not be used: ${input.fault}\n`}
Goal:
${input.goal}
`
}

/** The JSON of an answer, also when it stands in prose or a fence; undefined when there is none. */
function parseAnswer(answer: string): unknown {
  for (const text of [answer, answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)]) {
    try {
      return JSON.parse(text)
    } catch {
      // The next form is tried; an answer without JSON is an invalid plan.
    }
  }
  return undefined
}

/** Strict output writes null for "not given"; a plan leaves the key out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([key, part]) => [key, withoutNulls(part)]),
  )
}

function reject(
  deps: TaskDeps,
  sessionId: string,
  data: { attempt: number; message: string },
): void {
  deps.events.commit((_tables, emit) =>
    emit({ type: 'plan.rejected', actor: 'orchestrator', sessionId, data }),
  )
}
