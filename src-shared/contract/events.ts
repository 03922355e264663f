import * as z from 'zod'
import {
  agentSchema,
  alertSchema,
  approvalSchema,
  checkpointSchema,
  evidenceSchema,
  messageSchema,
  reasonSchema,
  runSchema,
  sessionSchema,
  snapshotSchema,
  taskSchema,
  usageSchema,
} from './entities.ts'
import { planSchema } from './plan.ts'
import { runOutcomes, sessionStates, taskStates } from './states.ts'

/** One thing an agent's output says, parsed; `raw` is a line the adapter did not know, kept as it was. */
export const outputItemSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), text: z.string() }),
  z.object({ kind: z.literal('reasoning'), text: z.string() }),
  z.object({
    kind: z.literal('command'),
    command: z.string(),
    state: z.enum(['started', 'ended']),
    output: z.string().optional(),
    exitCode: z.number().int().nullable().optional(),
  }),
  z.object({ kind: z.literal('file_change'), paths: z.array(z.string()) }),
  z.object({ kind: z.literal('tool'), name: z.string(), text: z.string().optional() }),
  z.object({ kind: z.literal('warning'), text: z.string() }),
  z.object({ kind: z.literal('raw'), text: z.string() }),
])
export type OutputItem = z.infer<typeof outputItemSchema>

// What was stored before the second migration lacks the whole rows.
const wholeTask = taskSchema.omit({ runs: true, evidence: true }).optional()
const wholeSession = sessionSchema.optional()

/** Every event type with the shape of its data. Names are `<noun>.<past participle>`. */
export const eventData = {
  'project.added': z.object({ projectId: z.string(), path: z.string() }),
  'project.trusted': z.object({ projectId: z.string(), contentHash: z.string() }),
  'session.created': z.object({
    goal: z.string(),
    target: z.string(),
    uncommitted: z.number().int(),
    session: wholeSession,
  }),
  'session.state_changed': z.object({
    from: z.enum(sessionStates),
    to: z.enum(sessionStates),
    reason: reasonSchema.optional(),
  }),
  'session.recovered': z.object({ found: z.array(z.string()) }),
  'plan.proposed': z.object({ plan: planSchema, by: z.string() }),
  'plan.rejected': z.object({ attempt: z.number().int(), message: z.string() }),
  'task.created': z.object({
    key: z.string(),
    title: z.string(),
    needs: z.array(z.string()),
    task: wholeTask,
  }),
  'task.state_changed': z.object({
    from: z.enum(taskStates),
    to: z.enum(taskStates),
    reason: reasonSchema.optional(),
    agent: z.string().optional(),
    commit: z.string().optional(),
    summary: z.string().optional(),
  }),
  'task.reviewed': z.object({ task: taskSchema.omit({ runs: true, evidence: true }) }),
  /** `why`: what spoke for this agent. */
  'run.started': z.object({ run: runSchema, why: z.string().optional() }),
  'run.output': z.object({ item: outputItemSchema }),
  'run.reported': z.object({ cliSessionId: z.string().optional(), usage: usageSchema.optional() }),
  'run.ended': z.object({
    outcome: z.enum(runOutcomes),
    run: runSchema,
    leftovers: z.number().int(),
  }),
  /** `log` is the artifact of its whole output; null: its time was up. */
  'setup.failed': z.object({
    command: z.string(),
    exitCode: z.number().int().nullable(),
    log: z.string(),
  }),
  'check.started': z.object({ check: z.string(), tree: z.string() }),
  'evidence.recorded': z.object({ evidence: evidenceSchema }),
  'integration.advanced': z.object({ from: z.string(), to: z.string() }),
  'conflict.found': z.object({
    files: z.array(z.string()),
    ours: z.string(),
    theirs: z.string(),
    base: z.string(),
  }),
  'snapshot.taken': z.object({ snapshot: snapshotSchema }),
  'worktree.created': z.object({ path: z.string() }),
  'worktree.trashed': z.object({ from: z.string(), to: z.string() }),
  'checkpoint.saved': z.object({ checkpoint: checkpointSchema }),
  'save.refused': z.object({ reason: reasonSchema, details: z.unknown().optional() }),
  'rollback.done': z.object({ checkpoint: checkpointSchema, mode: z.enum(['restore', 'rewind']) }),
  'rollback.refused': z.object({ reason: reasonSchema, details: z.unknown().optional() }),
  'message.posted': z.object({ message: messageSchema }),
  'approval.requested': z.object({ approval: approvalSchema }),
  'approval.decided': z.object({ approval: approvalSchema }),
  'agent.changed': z.object({ agent: agentSchema }),
  'alert.raised': z.object({ alert: alertSchema }),
  'alert.cleared': z.object({ alert: alertSchema }),
  'settings.changed': z.object({ key: z.string() }),
} as const satisfies Record<string, z.ZodType>

export type EventType = keyof typeof eventData
export type EventData<T extends EventType> = z.infer<(typeof eventData)[T]>

/** What a change says happened. `actor` is `user`, `orchestrator`, or `run:<id>`: the audit trail. */
export type EventDraft<T extends EventType = EventType> = {
  [K in T]: {
    type: K
    actor: string
    data: EventData<K>
    sessionId?: string
    taskId?: string
    runId?: string
  }
}[T]

/** A stored event: `seq` counts from 1 in one data folder, without gaps. */
export type StoredEvent = EventDraft & { seq: number; at: string }

/** The outer form of a stored event; `data` is of its type's shape. */
export const storedEventSchema = z.object({
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  type: z.enum(Object.keys(eventData) as [EventType, ...EventType[]]),
  actor: z.string(),
  sessionId: z.string().optional(),
  taskId: z.string().optional(),
  runId: z.string().optional(),
  data: z.unknown(),
}) as unknown as z.ZodType<StoredEvent>
