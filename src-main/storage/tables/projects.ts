import { type Project, projectSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type TableContext } from '../table.ts'

export interface Projects {
  insert(project: Project): void
  get(id: string): Project | undefined
  /** By the origin checkout: an absolute path with links resolved. */
  byPath(path: string): Project | undefined
  list(): Project[]
  /** Remembers which content of `.thalogos.json` (its SHA-256) the user trusted. */
  trust(id: string, hash: string): void
}

export function createProjects(context: TableContext): Projects {
  const table = createTable(context, { name: 'projects', schema: projectSchema, key: 'id' })
  const byId = table.select('WHERE id = ?')
  const byPath = table.select('WHERE path = ?')
  const all = table.select('ORDER BY ordinal')
  return {
    insert: (project) => void table.insert(project),
    get: (id) => byId.one(id),
    byPath: (path) => byPath.one(path),
    list: () => all.all(),
    trust: (id, hash) => table.update(id, { trustedConfig: hash }),
  }
}
