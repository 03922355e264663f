import * as z from 'zod'

const agentSettings = z.strictObject({
  command: z.string().min(1).optional(),
  args: z.array(z.string()).optional(),
  extraArgs: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  model: z.string().min(1).nullable().default(null),
  enabled: z.boolean().default(true),
  maxConcurrent: z.number().int().min(1).max(64).default(2),
  /** `ask`: what it may not do by itself is asked of the user. `allow`: it may do everything without asking. */
  permissions: z.enum(['ask', 'allow']).default('ask'),
  /** Only for the custom agent: how its standard output is read. */
  output: z.enum(['text', 'json-lines']).default('text'),
  /**
   * Only for the custom agent: arguments that open it for a person at a terminal, and what is typed to leave it.
   * `{session}` stands for its own session id, empty for a new one.
   */
  interactive: z
    .strictObject({
      args: z.array(z.string()),
      leave: z.string().min(1).max(100).default('/exit\r'),
    })
    .optional(),
})
export type AgentSettings = z.output<typeof agentSettings>

/** The file behind `--config`; the desktop keeps the same shape in the database. */
export const configSchema = z.strictObject({
  agents: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), agentSettings).default({}),
  limits: z
    .strictObject({
      concurrentRuns: z.number().int().min(1).max(64).default(4),
      runTimeoutMinutes: z.number().positive().max(1_440).default(60),
    })
    .prefault({}),
})
export type Config = z.output<typeof configSchema>
export const defaultConfig: Config = configSchema.parse({})
export const defaultAgentSettings: AgentSettings = agentSettings.parse({})

// A command line or a path with a NUL or an escape in it is a mistake or a trick; tabs and line feeds are neither.
const isPlain = (text: string): boolean =>
  [...text].every((character) => character >= ' ' || character === '\n' || character === '\t')
const plain = { message: 'must not hold control characters' }

const check = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/),
  run: z.string().min(1).max(10_000).refine(isPlain, plain),
  timeoutSeconds: z.number().positive().max(86_400).default(600),
})
export type Check = z.output<typeof check>

// A path below the worktree: relative, no parent steps, never the git folder.
const inside = z
  .string()
  .min(1)
  .refine((path) => !/^([/\\]|[A-Za-z]:)|(^|[/\\])(\.\.|\.git)([/\\]|$)/i.test(path), {
    message: 'must be a path inside the repository',
  })
  .refine(isPlain, plain)

/** What a project asks of its people. Keys of a later version are kept and not looked at. */
const policySchema = z.looseObject({
  /** Branches that Save and Roll back move only after somebody has allowed exactly that move. */
  review: z.array(z.string().min(1).max(200)).max(100).default([]),
})

/** `.thalogos.json` in the repository, read from the target's commit and frozen for a session. */
export const projectConfigSchema = z.strictObject({
  target: z.string().min(1).max(200).optional(),
  checks: z.array(check).max(50).default([]),
  worktree: z
    .strictObject({
      copy: z.array(inside).max(100).default([]),
      setup: z.string().min(1).max(10_000).refine(isPlain, plain).optional(),
      setupTimeoutSeconds: z.number().positive().max(86_400).default(1_800),
    })
    .prefault({}),
  policy: policySchema.prefault({}),
})
export type ProjectConfig = z.output<typeof projectConfigSchema>
export const emptyProjectConfig: ProjectConfig = projectConfigSchema.parse({})
