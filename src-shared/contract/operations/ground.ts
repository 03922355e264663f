import * as z from 'zod'
import { configSchema, projectConfigSchema } from '../config.ts'
import {
  agentSchema,
  alertSchema,
  approvalSchema,
  projectSchema,
  snapshotSchema,
} from '../entities.ts'
import { defineOperations } from './operation.ts'

/** A project and what its `.thalogos.json` says now, for somebody who decides whether to trust it. */
const projectViewSchema = projectSchema.extend({
  target: z.string(),
  /** Missing when there is no such file, or it cannot be used: then `problem` says why. */
  config: projectConfigSchema.optional(),
  /** SHA-256 of the file's content. */
  contentHash: z.string().optional(),
  problem: z.string().optional(),
  /** Nothing in it is a command, or exactly this content is trusted. */
  trusted: z.boolean(),
})
export type ProjectView = z.infer<typeof projectViewSchema>

const MAX_UI = 262_144

/** `ui` is what interfaces keep for themselves (layout, drafts), by names of their own. */
const settingsSchema = z.object({
  config: configSchema,
  /** `file`: of --config, which is not changed here. */
  source: z.enum(['file', 'database']),
  ui: z.record(z.string(), z.unknown()),
})
export type Settings = z.infer<typeof settingsSchema>

const project = z.object({ project: z.string() })

export const groundOperations = defineOperations({
  getStatus: {
    method: 'GET',
    path: '/api/status',
    summary:
      'The orchestrator itself: version, number of the newest event, what could not be read.',
    answer: z.object({
      version: z.string(),
      lastEvent: z.number().int().nonnegative(),
      damage: z.array(z.object({ place: z.string(), problem: z.string() })),
    }),
    errors: [],
  },
  listAgents: {
    method: 'GET',
    path: '/api/agents',
    summary: 'The agents with availability and reason; `refresh` looks for them anew.',
    query: z.object({ refresh: z.stringbool().default(false) }),
    answer: z.array(agentSchema),
    errors: [],
  },
  listProjects: {
    method: 'GET',
    path: '/api/projects',
    summary: 'Repositories that Thalogos knows.',
    answer: z.array(projectSchema),
    errors: [],
  },
  addProject: {
    method: 'POST',
    path: '/api/projects',
    summary: 'Opens a repository as a project.',
    body: z.strictObject({ path: z.string().min(1).max(4_096) }),
    answer: projectViewSchema,
    status: 201,
    errors: [
      'not_a_repository',
      'bare_repository',
      'partial_clone',
      'shallow_clone',
      'no_commit',
      'config_invalid',
    ],
  },
  getProject: {
    method: 'GET',
    path: '/api/projects/:project',
    summary: 'A project and what its `.thalogos.json` says now.',
    params: project,
    answer: projectViewSchema,
    errors: ['not_found', 'not_a_repository'],
  },
  trustProject: {
    method: 'POST',
    path: '/api/projects/:project/trust',
    summary: 'Trusts exactly the content with this hash.',
    params: project,
    body: z.strictObject({ contentHash: z.string().regex(/^[0-9a-f]{64}$/) }),
    answer: projectViewSchema,
    errors: ['not_found', 'not_a_repository', 'config_changed'],
  },
  listApprovals: {
    method: 'GET',
    path: '/api/approvals',
    summary: 'Questions, oldest first: the open ones, or all of a session.',
    query: z.object({ session: z.string().optional(), all: z.stringbool().default(false) }),
    answer: z.array(approvalSchema),
    errors: [],
  },
  decideApproval: {
    method: 'POST',
    path: '/api/approvals/:approval',
    summary:
      'Answers a question. `allow_session` also answers the same question later in the session.',
    params: z.object({ approval: z.string() }),
    body: z.strictObject({
      decision: z.enum(['allow', 'allow_session', 'deny']),
      note: z.string().trim().max(20_000).optional(),
    }),
    answer: approvalSchema,
    errors: ['not_found', 'illegal_move'],
  },
  listSnapshots: {
    method: 'GET',
    path: '/api/snapshots',
    summary: 'Kept states of worktrees, oldest first.',
    query: z.object({ session: z.string().optional() }),
    answer: z.array(snapshotSchema),
    errors: [],
  },
  listAlerts: {
    method: 'GET',
    path: '/api/alerts',
    summary: 'What somebody should look at now.',
    answer: z.array(alertSchema),
    errors: [],
  },
  getSettings: {
    method: 'GET',
    path: '/api/settings',
    summary:
      'Agents and limits, and what interfaces keep for themselves. Values that look secret are masked.',
    answer: settingsSchema,
    errors: [],
  },
  putSettings: {
    method: 'PUT',
    path: '/api/settings',
    summary: 'Replaces the configuration, or named entries of `ui`; null removes one.',
    body: z.strictObject({
      config: configSchema.optional(),
      ui: z
        .record(z.string().regex(/^[a-z][\w.-]{0,63}$/i), z.unknown())
        .refine((ui) => JSON.stringify(ui).length <= MAX_UI, { message: 'is too large' })
        .optional(),
    }),
    answer: settingsSchema,
    errors: ['settings_locked'],
  },
})
