import * as z from 'zod'
import {
  type EventDraft,
  type EventType,
  eventData,
  type StoredEvent,
} from '../../../src-shared/contract/index.ts'
import { createTable, type TableContext } from '../table.ts'

const eventRowSchema = z.object({
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  type: z.enum(Object.keys(eventData) as [EventType, ...EventType[]]),
  actor: z.string().min(1),
  sessionId: z.string().optional(),
  taskId: z.string().optional(),
  runId: z.string().optional(),
  data: z.unknown(),
})

export interface EventFilter {
  sessionId?: string
  types?: readonly EventType[]
  /** At most so many, the oldest ones. */
  limit?: number
}

export interface EventTable {
  /** Appends with the next number and returns what was stored. Data that is not of its type's shape throws. */
  append(draft: EventDraft, at: string): StoredEvent
  /** What came after `seq`, in order; 0 for all. */
  since(seq: number, filter?: EventFilter): StoredEvent[]
  /** The number of the newest event, 0 when there is none. */
  last(): number
}

/**
 * `seq` is the greatest number plus one, given inside of the transaction: one that is rolled back gives its
 * numbers back, and since nothing is ever removed there is no gap.
 */
export function createEventTable(context: TableContext): EventTable {
  const { db } = context
  const table = createTable(context, {
    name: 'events',
    schema: eventRowSchema,
    key: 'seq',
    assigned: 'seq',
    json: ['data'],
  })
  const ofSession = 'session_id = ?'
  const ofTypes = 'type IN (SELECT value FROM json_each(?))'
  const query = (...filters: string[]) =>
    table.select(`WHERE ${['seq > ?', ...filters].join(' AND ')} ORDER BY seq LIMIT ?`)
  const queries = {
    all: query(),
    session: query(ofSession),
    types: query(ofTypes),
    both: query(ofSession, ofTypes),
  }
  const last = db.prepare('SELECT coalesce(max(seq), 0) FROM events').pluck()

  return {
    append(draft, at) {
      const event = { ...draft, at, data: eventData[draft.type].parse(draft.data) }
      return { ...event, seq: table.insert(event) } as StoredEvent
    },
    since(seq, { sessionId, types, limit = -1 } = {}) {
      const wanted = types && JSON.stringify(types)
      const rows =
        sessionId === undefined
          ? wanted === undefined
            ? queries.all.all(seq, limit)
            : queries.types.all(seq, wanted, limit)
          : wanted === undefined
            ? queries.session.all(seq, sessionId, limit)
            : queries.both.all(seq, sessionId, wanted, limit)
      return rows.map((row) => checkData(row, context)).filter((event) => event !== undefined)
    },
    last: () => Number(last.get()),
  }
}

function checkData(
  row: z.output<typeof eventRowSchema>,
  { damage }: TableContext,
): StoredEvent | undefined {
  const data = eventData[row.type].safeParse(row.data)
  if (data.success) return { ...row, data: data.data } as StoredEvent
  damage.add({ place: `events ${row.seq}`, problem: z.prettifyError(data.error) })
  return undefined
}
