import * as z from 'zod'
import { createTable, type TableContext } from '../table.ts'

const settingSchema = z.object({ key: z.string().min(1), value: z.unknown() })

export interface Settings {
  /** The value as it was set; the caller knows its shape and checks it. */
  get(key: string): unknown
  /** Stores a JSON value; undefined removes it. */
  set(key: string, value: unknown): void
  /** Those whose keys begin with `prefix`. */
  list(prefix: string): { key: string; value?: unknown }[]
}

export function createSettings(context: TableContext): Settings {
  const table = createTable(context, {
    name: 'settings',
    schema: settingSchema,
    key: 'key',
    json: ['value'],
    onConflict: 'ON CONFLICT ("key") DO UPDATE SET value = excluded.value',
  })
  const byKey = table.select('WHERE "key" = ?')
  const byPrefix = table.select('WHERE substr("key", 1, length(?)) = ? ORDER BY "key"')
  const remove = context.db.prepare('DELETE FROM settings WHERE "key" = ?')
  return {
    get: (key) => byKey.one(key)?.value,
    set(key, value) {
      context.assertWriting()
      if (value === undefined) remove.run(key)
      else table.insert({ key, value })
    },
    list: (prefix) => byPrefix.all(prefix, prefix),
  }
}
