import * as z from 'zod'
import { fileDiffSchema } from '../diff.ts'
import { commentSchema, messageSchema, runSchema, taskSchema } from '../entities.ts'
import { planTaskSchema } from '../plan.ts'
import { defineOperations } from './operation.ts'

const task = z.object({ session: z.string(), task: z.string() })
const run = z.object({ run: z.string() })
const note = z.string().trim().max(100_000)

export const taskOperations = defineOperations({
  delegateTask: {
    method: 'POST',
    path: '/api/sessions/:session/tasks',
    summary: 'delegate_task: one more task for a session that has begun.',
    params: z.object({ session: z.string() }),
    body: planTaskSchema.omit({ id: true }),
    answer: taskSchema,
    status: 201,
    errors: ['not_found', 'illegal_move', 'plan_unknown_need', 'agent_unknown'],
  },
  cancelTask: {
    method: 'POST',
    path: '/api/sessions/:session/tasks/:task/cancel',
    summary: 'Stops the task; its work is kept.',
    params: task,
    answer: taskSchema,
    errors: ['not_found', 'illegal_move'],
  },
  retryTask: {
    method: 'POST',
    path: '/api/sessions/:session/tasks/:task/retry',
    summary: 'Starts a failed, conflicted or cancelled task again, with a word to its agent.',
    params: task,
    body: z.strictObject({ note: note.default('') }),
    answer: taskSchema,
    errors: ['not_found', 'illegal_move'],
  },
  messageTask: {
    method: 'POST',
    path: '/api/sessions/:session/tasks/:task/message',
    summary:
      'A word to the task’s agent: with its next run, or `now`, when the run under way is stopped and goes on with it.',
    params: task,
    body: z.strictObject({ text: note.min(1), now: z.boolean().default(false) }),
    answer: messageSchema,
    status: 201,
    errors: ['not_found', 'illegal_move'],
  },
  reviewTask: {
    method: 'POST',
    path: '/api/sessions/:session/tasks/:task/review',
    summary:
      'Approves finished work, or sends it back with comments: the task starts again, or, where it is integrated already, one that mends it.',
    params: task,
    body: z.strictObject({
      decision: z.enum(['approve', 'send_back']),
      comments: z.array(commentSchema).max(500).default([]),
    }),
    answer: taskSchema,
    errors: ['not_found', 'illegal_move'],
  },
  taskDiff: {
    method: 'GET',
    path: '/api/sessions/:session/tasks/:task/diff',
    summary: 'What the task changed, from the commit it started from.',
    params: task,
    answer: z.array(fileDiffSchema),
    errors: ['not_found', 'not_a_repository'],
  },
  takeOverRun: {
    method: 'POST',
    path: '/api/runs/:run/takeover',
    summary: 'Stops a run and opens the same conversation in the same worktree for a person.',
    params: run,
    body: z.strictObject({
      cols: z.number().int().min(20).max(1_000).default(120),
      rows: z.number().int().min(5).max(500).default(40),
    }),
    /** The interactive run. */
    answer: runSchema,
    status: 201,
    errors: ['not_found', 'run_not_live', 'takeover_unsupported', 'illegal_move'],
  },
  handBackRun: {
    method: 'POST',
    path: '/api/runs/:run/handback',
    summary: 'Ends an interactive run; the agent goes on by itself.',
    params: run,
    answer: taskSchema,
    errors: ['not_found', 'run_not_live', 'illegal_move'],
  },
})
