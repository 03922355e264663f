import * as z from 'zod'
import { errorCodes } from './errors/index.ts'
import { planSchema } from './plan.ts'
import {
  runCauses,
  runOutcomes,
  runStates,
  sessionStates,
  taskKinds,
  taskStates,
} from './states.ts'

const at = z.iso.datetime()
const count = z.number().int().nonnegative()

/** Tokens as counts, cost in US dollars. */
export const usageSchema = z.object({
  inputTokens: count,
  outputTokens: count,
  costUsd: z.number().nonnegative(),
})
export type Usage = z.infer<typeof usageSchema>
export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, costUsd: 0 }

export const addUsage = (a: Usage, b: Usage): Usage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  costUsd: a.costUsd + b.costUsd,
})

/** Why something is as it is: a closed code, and words for the user. */
export const reasonSchema = z.object({ code: z.enum(errorCodes), message: z.string() })
export type Reason = z.infer<typeof reasonSchema>

/** A check that the orchestrator ran on exactly `tree`. `log` is an artifact's hash; durations in milliseconds. */
export const evidenceSchema = z.object({
  check: z.string(),
  command: z.string(),
  tree: z.string(),
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  log: z.string(),
  at,
})
export type Evidence = z.infer<typeof evidenceSchema>

/** One process of one agent CLI. `n` is unique in the data folder. */
export const runSchema = z.object({
  id: z.string(),
  n: z.number().int().positive(),
  sessionId: z.string(),
  taskId: z.string().optional(),
  agent: z.string(),
  cause: z.enum(runCauses),
  state: z.enum(runStates),
  pid: z.number().int().optional(),
  startedAt: at,
  endedAt: at.optional(),
  exitCode: z.number().int().optional(),
  outcome: z.enum(runOutcomes).optional(),
  reason: reasonSchema.optional(),
  cliSessionId: z.string().optional(),
  /** Artifact hashes of what it printed: the bytes, and the readable transcript. */
  raw: z.string().optional(),
  transcript: z.string().optional(),
  usage: usageSchema,
})
export type Run = z.infer<typeof runSchema>

/** A remark on the work, of one line of a file where it names one (of the new side, from 1). */
export const commentSchema = z.object({
  path: z.string().min(1).max(4_096).optional(),
  line: z.number().int().positive().optional(),
  text: z.string().trim().min(1).max(20_000),
})
export type Comment = z.infer<typeof commentSchema>

const reviewSchema = z.object({
  decision: z.enum(['approve', 'send_back']),
  comments: z.array(commentSchema),
  at,
})

/** `key` is the plan's id and `needs` are keys; `base` is the integration commit it started from. */
export const taskSchema = z.object({
  id: z.string(),
  sessionId: z.string(),
  key: z.string(),
  title: z.string(),
  prompt: z.string(),
  kind: z.enum(taskKinds),
  state: z.enum(taskStates),
  agent: z.string().optional(),
  /** A preference of the plan or the user: waited for while it is busy, replaced when it cannot serve or failed. */
  wantedAgent: z.string().optional(),
  needs: z.array(z.string()),
  files: z.array(z.string()),
  branch: z.string(),
  base: z.string().optional(),
  commit: z.string().optional(),
  summary: z.string().optional(),
  reason: reasonSchema.optional(),
  /** What a human said last about the finished work. */
  review: reviewSchema.optional(),
  runs: z.array(runSchema),
  evidence: z.array(evidenceSchema),
  createdAt: at,
  updatedAt: at,
})
export type Task = z.infer<typeof taskSchema>

/** A saved state of the target. `restores` is the checkpoint whose content it brought back. */
export const checkpointSchema = z.object({
  n: count,
  tag: z.string(),
  commit: z.string(),
  message: z.string(),
  at,
  evidence: z.array(evidenceSchema),
  restores: count.optional(),
})
export type Checkpoint = z.infer<typeof checkpointSchema>

export const sessionSchema = z.object({
  id: z.string(),
  state: z.enum(sessionStates),
  goal: z.string(),
  projectId: z.string(),
  target: z.string(),
  integration: z.object({ branch: z.string(), head: z.string() }),
  reason: reasonSchema.optional(),
  /** Of a draft: what its tasks will be when it starts. */
  plan: planSchema.optional(),
  tasks: z.array(taskSchema),
  checkpoints: z.array(checkpointSchema),
  usage: usageSchema,
  createdAt: at,
  updatedAt: at,
})
export type Session = z.infer<typeof sessionSchema>

export const projectSchema = z.object({
  id: z.string(),
  /** The origin checkout: an absolute path with links resolved. */
  path: z.string(),
  name: z.string(),
  /** SHA-256 of the `.thalogos.json` that the user saw and trusted. */
  trustedConfig: z.string().optional(),
  createdAt: at,
})
export type Project = z.infer<typeof projectSchema>

export const messageSchema = z.object({
  id: count,
  sessionId: z.string(),
  /** The task it is about: a word from the user for that task's next run. */
  taskId: z.string().optional(),
  author: z.enum(['user', 'orchestrator', 'agent']),
  text: z.string(),
  at,
})
export type Message = z.infer<typeof messageSchema>

const approvalKinds = ['content', 'permission', 'save'] as const
/**
 * A question only a human may answer. `content`: what an agent left; `permission`: what an agent wants to do
 * (`subject` names tool and deed exactly); `save`: a move of a protected target to the commit in `subject`.
 */
export const approvalSchema = z.object({
  id: z.string(),
  sessionId: z.string(),
  taskId: z.string().optional(),
  runId: z.string().optional(),
  agent: z.string().optional(),
  kind: z.enum(approvalKinds),
  question: z.string(),
  options: z.array(z.string()),
  state: z.enum(['open', 'allowed', 'denied', 'withdrawn']),
  /** What exactly was asked about; an answer counts only while this is unchanged. */
  subject: z.string(),
  /** Of one that is allowed: this time, or whenever the same is asked in this session. */
  scope: z.enum(['once', 'session']).optional(),
  decidedBy: z.string().optional(),
  note: z.string().optional(),
  at,
})
export type Approval = z.infer<typeof approvalSchema>

/** An uncommitted state of a worktree, kept as a private commit under `ref` in the mirror. */
export const snapshotSchema = z.object({
  id: count,
  sessionId: z.string(),
  taskId: z.string().optional(),
  runId: z.string().optional(),
  ref: z.string(),
  commit: z.string(),
  cause: z.enum(['run_ended', 'interval', 'interrupted', 'removal']),
  at,
})
export type Snapshot = z.infer<typeof snapshotSchema>

export const agentSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string().optional(),
  available: z.boolean(),
  reason: reasonSchema.optional(),
  /** It works only in a session that names it: rehearsal agents that nobody configured. */
  onRequest: z.boolean().optional(),
  kinds: z.array(z.enum(taskKinds)),
  limits: z.object({ maxConcurrent: z.number().int().positive() }),
  resume: z.boolean(),
  structured: z.boolean(),
  approvals: z.boolean(),
  mcp: z.boolean(),
  models: z.array(z.string()),
  /** Where its command was found. */
  path: z.string().optional(),
  /** How its questions reach a person, or what decides in their place. */
  asking: z.string(),
  /** How to sign in, as an order; missing for what knows of no signing in. */
  signIn: z.string().optional(),
  /** What Thalogos starts it with: arguments, and the names of the variables it adds or hands on; never a value. */
  passes: z.object({ args: z.array(z.string()), env: z.array(z.string()) }),
})
export type Agent = z.infer<typeof agentSchema>

/** What may go wrong with the work as a whole; raised and cleared as events. */
export const alertKinds = [
  'heartbeat_lost',
  'run_stalled',
  'queue_backlog',
  'merge_failures',
  'repeated_rollbacks',
  'disk_low',
  'agent_signed_out',
] as const

/** Something that a human should look at; `id` is the same while the same thing lasts. */
export const alertSchema = z.object({
  id: z.string(),
  kind: z.enum(alertKinds),
  message: z.string(),
  sessionId: z.string().optional(),
  taskId: z.string().optional(),
  runId: z.string().optional(),
  agent: z.string().optional(),
  at,
})
export type Alert = z.infer<typeof alertSchema>
