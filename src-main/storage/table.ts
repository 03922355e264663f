import * as z from 'zod'
import type { DamageList } from './damage.ts'
import type { Connection } from './database.ts'

export interface TableContext {
  db: Connection
  damage: DamageList
  /** Throws outside of a write transaction. */
  assertWriting(): void
}

type Field<S extends z.ZodObject> = keyof z.output<S> & string

interface Shape<S extends z.ZodObject, Assigned extends string = string> {
  name: string
  /** What a row is: checked when it is written (a bug throws) and when it is read (damage is set aside). */
  schema: S
  key: Field<S>
  /** The field that is the row's number, given by SQLite when it is inserted. */
  assigned?: Assigned
  json?: readonly Field<S>[]
  flags?: readonly Field<S>[]
  /** Fields that are read from elsewhere, as SQL; never written here. */
  computed?: Readonly<Record<string, string>>
  /** What ends the INSERT, for a table that may be given a row twice. */
  onConflict?: string
}

/** A change of some fields; an optional field that is named and undefined is cleared. */
export type Patch<Row> = {
  [K in keyof Row]?: Record<never, never> extends Pick<Row, K> ? Row[K] | undefined : Row[K]
}

interface Query<Row> {
  one(...parameters: readonly unknown[]): Row | undefined
  all(...parameters: readonly unknown[]): Row[]
}

export interface Table<Row, Assigned extends string = never> {
  /** Inserts and returns the row's number. */
  insert(row: Omit<Row, Assigned>): number
  /** Changes the row with that key; that there is none is a bug and throws. */
  update(key: string, patch: Patch<Row>): void
  /** Prepares a query; `clause` is what follows `FROM <table>`. */
  select(clause: string): Query<Row>
}

interface Column {
  field: string
  name: string
  kind: 'plain' | 'json' | 'flag'
  keepsNull: boolean
}

/**
 * One table as rows of a contract shape: `sessionId` is column `session_id`, a field that is not there is
 * NULL, structured fields are JSON.
 */
export function createTable<S extends z.ZodObject, Assigned extends string = never>(
  context: TableContext,
  shape: Shape<S, Assigned>,
): Table<z.output<S>, Assigned> {
  type Row = z.output<S>
  const { db } = context
  const columns = columnsOf(shape)
  const stored = columns.filter(
    ({ field }) => field !== shape.assigned && shape.computed?.[field] === undefined,
  )
  const partial = shape.schema.partial()
  const given = Object.entries(shape.schema.shape).filter(([field]) => field !== shape.assigned)
  const complete = z.object(Object.fromEntries(given))
  const insert = db.prepare(
    `INSERT INTO ${shape.name} (${stored.map(({ name }) => name).join(', ')})
     VALUES (${stored.map(() => '?').join(', ')}) ${shape.onConflict ?? ''}`,
  )
  const decode = createDecoder<Row>(context, shape, columns)

  return {
    insert(row) {
      context.assertWriting()
      const values: Record<string, unknown> = complete.parse(row)
      const written = insert.run(...stored.map((column) => encode(values[column.field], column)))
      return Number(written.lastInsertRowid)
    },
    update(key, patch) {
      context.assertWriting()
      const values: Record<string, unknown> = partial.parse(patch)
      const changed = stored.filter(({ field }) => Object.hasOwn(patch, field))
      if (changed.length === 0) return
      const settings = changed.map(({ name }) => `${name} = ?`).join(', ')
      const written = db
        .prepare(`UPDATE ${shape.name} SET ${settings} WHERE ${columnName(shape.key)} = ?`)
        .run(...changed.map((column) => encode(values[column.field], column)), key)
      if (written.changes !== 1) throw new Error(`${shape.name} has no row ${key}`)
    },
    select(clause) {
      const statement = db.prepare<unknown[], Record<string, unknown>>(
        `SELECT ${columns.map((column) => selected(column, shape.computed)).join(', ')}
         FROM ${shape.name} ${clause}`,
      )
      return {
        one(...parameters) {
          const raw = statement.get(...parameters)
          return raw && decode(raw)
        },
        all: (...parameters) =>
          statement
            .all(...parameters)
            .map(decode)
            .filter((row) => row !== undefined),
      }
    },
  }
}

function columnsOf<S extends z.ZodObject>({ schema, json, flags }: Shape<S>): Column[] {
  const of = (fields: readonly string[] = []) => new Set(fields)
  const [jsonFields, flagFields] = [of(json), of(flags)]
  return Object.entries<z.core.$ZodType>(schema.shape).map(([field, type]) => ({
    field,
    name: columnName(field),
    kind: jsonFields.has(field) ? 'json' : flagFields.has(field) ? 'flag' : 'plain',
    keepsNull: (type as z.ZodType).safeParse(null).success,
  }))
}

/** `taskId` as `"task_id"`; quoted, since `commit`, `check` and `key` are words of SQL. */
function columnName(field: string): string {
  return `"${field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`
}

function selected({ field, name }: Column, computed: Shape<z.ZodObject>['computed']): string {
  return `${computed?.[field] ?? name} AS "${field}"`
}

function encode(value: unknown, { kind }: Column): unknown {
  if (value === undefined) return null
  if (kind === 'json') return JSON.stringify(value)
  return kind === 'flag' ? Number(value) : value
}

/** Turns a raw row into a checked one, or sets it aside: reported, left where it is, not in the answer. */
function createDecoder<Row>(
  { damage }: TableContext,
  shape: Shape<z.ZodObject>,
  columns: readonly Column[],
): (raw: Record<string, unknown>) => Row | undefined {
  return (raw) => {
    const values: Record<string, unknown> = {}
    try {
      for (const column of columns) {
        const value = decodeValue(raw[column.field], column)
        if (value !== undefined) values[column.field] = value
      }
      return shape.schema.parse(values) as Row
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error
      const problem = error instanceof z.ZodError ? z.prettifyError(error) : error.message
      damage.add({ place: `${shape.name} ${String(raw[shape.key])}`, problem })
      return undefined
    }
  }
}

function decodeValue(value: unknown, { kind, keepsNull }: Column): unknown {
  if (value === null) return keepsNull ? null : undefined
  if (kind === 'json') return JSON.parse(String(value))
  if (kind === 'flag') return value === 1 ? true : value === 0 ? false : value
  return value
}
