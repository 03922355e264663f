import * as z from 'zod'
import { projectConfigSchema, sessionSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type Patch, type TableContext } from '../table.ts'

const sessionRowSchema = sessionSchema
  .omit({ integration: true, tasks: true, checkpoints: true, usage: true })
  .extend({
    /** The commit of checkpoint 0: the target as the session found it. */
    base: z.string(),
    integrationBranch: z.string(),
    integrationHead: z.string(),
    /** Identity of the request, by which the same command goes on with its session. */
    digest: z.string(),
    /** `.thalogos.json` as it was when the session began. */
    projectConfig: projectConfigSchema,
    trusted: z.boolean(),
    /** The agents that may work on it; empty means all. */
    agents: z.array(z.string()),
  })
export type SessionRow = z.infer<typeof sessionRowSchema>

export interface Sessions {
  insert(session: SessionRow): void
  get(id: string): SessionRow | undefined
  /** Oldest first. */
  list(filter?: { projectId?: string }): SessionRow[]
  /** Those in state `active`, oldest first. */
  active(): SessionRow[]
  update(id: string, patch: Patch<SessionRow>): void
}

export function createSessions(context: TableContext): Sessions {
  const table = createTable(context, {
    name: 'sessions',
    schema: sessionRowSchema,
    key: 'id',
    json: ['projectConfig', 'agents', 'reason', 'plan'],
    flags: ['trusted'],
  })
  const byId = table.select('WHERE id = ?')
  const byProject = table.select('WHERE project_id = ? ORDER BY ordinal')
  const all = table.select('ORDER BY ordinal')
  const active = table.select("WHERE state = 'active' ORDER BY ordinal")
  return {
    insert: (session) => void table.insert(session),
    get: (id) => byId.one(id),
    list: ({ projectId } = {}) => (projectId === undefined ? all.all() : byProject.all(projectId)),
    active: () => active.all(),
    update: (id, patch) => table.update(id, patch),
  }
}
