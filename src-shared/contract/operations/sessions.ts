import * as z from 'zod'
import { fileDiffSchema, fileStatSchema, sessionCommitSchema } from '../diff.ts'
import { checkpointSchema, evidenceSchema, messageSchema, sessionSchema } from '../entities.ts'
import { errorCodes } from '../errors/index.ts'
import { type EventType, eventData, storedEventSchema } from '../events.ts'
import { planSchema } from '../plan.ts'
import { sessionStates } from '../states.ts'
import { defineOperations } from './operation.ts'

const session = z.object({ session: z.string() })
const goal = z.string().max(1_000_000)
const eventTypes = Object.keys(eventData) as [EventType, ...EventType[]]

/** What Save would do now, and why it would refuse. */
const savePreviewSchema = z.object({
  target: z.string(),
  /** Where the target is, and where it would be. */
  from: z.string(),
  to: z.string(),
  /** Newest first; those that the target does not have yet. */
  commits: z.array(sessionCommitSchema),
  files: z.array(fileStatSchema),
  /** Checks that are green on exactly what would be saved; none: unchecked. */
  evidence: z.array(evidenceSchema),
  refusal: z
    .object({ code: z.enum(errorCodes), message: z.string(), details: z.unknown().optional() })
    .optional(),
})
export type SavePreview = z.infer<typeof savePreviewSchema>

const SAVE_ERRORS = [
  'not_found',
  'not_a_repository',
  'save_nothing',
  'save_checks_failed',
  'save_unchecked',
  'save_needs_approval',
  'save_target_conflict',
  'session_unfinished',
  'files_in_the_way',
  'operation_in_progress',
  'index_locked',
  'index_unmerged',
  'sparse_checkout',
  'target_checked_out_elsewhere',
  'target_moved',
  'refs_locked',
  'tag_taken',
] as const

export const sessionOperations = defineOperations({
  createSession: {
    method: 'POST',
    path: '/api/sessions',
    summary: 'start_session: a goal on a repository becomes a draft, or is started at once.',
    body: z.strictObject({
      /** Absolute path of the repository, or of a folder in it. */
      repo: z.string().min(1).max(4_096),
      goal,
      plan: planSchema.optional(),
      agents: z.array(z.string().max(64)).max(64).optional(),
      target: z.string().min(1).max(200).optional(),
      /** The user saw the repository's `.thalogos.json` and trusts exactly this content. */
      trust: z.boolean().default(false),
      start: z.boolean().default(false),
      /** Goes on with the unfinished session of the same request where there is one. */
      resume: z.boolean().default(false),
    }),
    answer: sessionSchema.extend({ resumed: z.boolean() }),
    status: 201,
    errors: [
      'goal_empty',
      'goal_too_long',
      'plan_invalid',
      'plan_cycle',
      'plan_duplicate',
      'plan_unknown_need',
      'agent_unknown',
      'not_a_repository',
      'bare_repository',
      'partial_clone',
      'shallow_clone',
      'no_commit',
      'config_invalid',
    ],
  },
  startRehearsal: {
    method: 'POST',
    path: '/api/rehearsals',
    summary:
      'A session on a sample repository of its own, with agents that follow a script; starts at once.',
    answer: sessionSchema,
    status: 201,
    errors: [],
  },
  listSessions: {
    method: 'GET',
    path: '/api/sessions',
    summary: 'Sessions, oldest first.',
    query: z.object({ project: z.string().optional(), state: z.enum(sessionStates).optional() }),
    answer: z.array(sessionSchema),
    errors: [],
  },
  getSession: {
    method: 'GET',
    path: '/api/sessions/:session',
    summary: 'One session with its tasks, runs, evidence, checkpoints and usage.',
    params: session,
    answer: sessionSchema,
    errors: ['not_found'],
  },
  startSession: {
    method: 'POST',
    path: '/api/sessions/:session/start',
    summary: 'A draft is planned if need be and begins.',
    params: session,
    answer: sessionSchema,
    errors: ['not_found', 'illegal_move', 'interrupted'],
  },
  suspendSession: {
    method: 'POST',
    path: '/api/sessions/:session/suspend',
    summary: 'Stops agents and checks; what they did is kept.',
    params: session,
    answer: sessionSchema,
    errors: ['not_found', 'illegal_move'],
  },
  resumeSession: {
    method: 'POST',
    path: '/api/sessions/:session/resume',
    summary: 'A suspended session goes on.',
    params: session,
    answer: sessionSchema,
    errors: ['not_found', 'illegal_move'],
  },
  finalizeSession: {
    method: 'POST',
    path: '/api/sessions/:session/finalize',
    summary: 'Ends a session for good.',
    params: session,
    answer: sessionSchema,
    errors: ['not_found', 'illegal_move', 'session_unfinished'],
  },
  planSession: {
    method: 'POST',
    path: '/api/sessions/:session/plan',
    summary: 'Has an agent plan a draft; the plan comes as an event.',
    params: session,
    answer: sessionSchema,
    status: 202,
    errors: ['not_found', 'illegal_move'],
  },
  editPlan: {
    method: 'PUT',
    path: '/api/sessions/:session/plan',
    summary: 'The edited plan of a draft.',
    params: session,
    body: planSchema,
    answer: sessionSchema,
    errors: [
      'not_found',
      'illegal_move',
      'plan_invalid',
      'plan_cycle',
      'plan_duplicate',
      'plan_unknown_need',
      'agent_unknown',
    ],
  },
  listMessages: {
    method: 'GET',
    path: '/api/sessions/:session/messages',
    summary: 'The chat, oldest first.',
    params: session,
    answer: z.array(messageSchema),
    errors: ['not_found'],
  },
  postMessage: {
    method: 'POST',
    path: '/api/sessions/:session/messages',
    summary: 'A word of the user to every agent that starts from now on.',
    params: session,
    body: z.strictObject({ text: z.string().trim().min(1).max(100_000) }),
    answer: messageSchema,
    status: 201,
    errors: ['not_found', 'illegal_move'],
  },
  sessionDiff: {
    method: 'GET',
    path: '/api/sessions/:session/diff',
    summary: 'What the session would change: from its base to its integration.',
    params: session,
    answer: z.array(fileDiffSchema),
    errors: ['not_found', 'not_a_repository'],
  },
  savePreview: {
    method: 'GET',
    path: '/api/sessions/:session/save-preview',
    summary: 'What Save would do now; runs no check and changes nothing.',
    params: session,
    answer: savePreviewSchema,
    errors: ['not_found', 'not_a_repository'],
  },
  saveCheckpoint: {
    method: 'POST',
    path: '/api/sessions/:session/checkpoints',
    summary: 'save_checkpoint: moves the target to the verified integration and tags it.',
    params: session,
    body: z.strictObject({
      message: z.string().trim().min(1).max(10_000).optional(),
      finalize: z.boolean().default(false),
      allowUnchecked: z.boolean().default(false),
    }),
    answer: checkpointSchema,
    status: 201,
    errors: SAVE_ERRORS,
  },
  rollBack: {
    method: 'POST',
    path: '/api/sessions/:session/rollback',
    summary: 'rollback_checkpoint: takes the target back; nothing is destroyed.',
    params: session,
    body: z.strictObject({
      checkpoint: z.number().int().nonnegative(),
      mode: z.enum(['restore', 'rewind']).default('restore'),
      includeForeign: z.boolean().default(false),
    }),
    answer: checkpointSchema,
    status: 201,
    errors: [
      ...SAVE_ERRORS.filter((code) => !code.startsWith('save_')),
      'save_needs_approval',
      'checkpoint_unknown',
      'rollback_nothing',
      'rollback_foreign',
      'rollback_conflict',
      'rollback_published',
    ],
  },
  timeline: {
    method: 'GET',
    path: '/api/sessions/:session/timeline',
    summary: 'review_timeline: events in order.',
    params: session,
    query: z.object({
      since: z.coerce.number().int().nonnegative().default(0),
      limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
      type: z.enum(eventTypes).optional(),
    }),
    answer: z.array(storedEventSchema),
    errors: ['not_found'],
  },
  lineage: {
    method: 'GET',
    path: '/api/sessions/:session/lineage',
    summary: 'Commits, branches and tags with task and agent, newest first.',
    params: session,
    answer: z.array(sessionCommitSchema),
    errors: ['not_found', 'not_a_repository'],
  },
})
