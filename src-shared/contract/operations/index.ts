import type * as z from 'zod'
import { groundOperations } from './ground.ts'
import type { Operation } from './operation.ts'
import { sessionOperations } from './sessions.ts'
import { taskOperations } from './tasks.ts'

export type { ProjectView, Settings } from './ground.ts'
export type { Operation } from './operation.ts'
export type { SavePreview } from './sessions.ts'

/** Everything a client may ask: input, output and API description come from this one table. */
export const operations = { ...groundOperations, ...sessionOperations, ...taskOperations }

export type OperationName = keyof typeof operations
type Table = typeof operations

type Part<O, K extends string, Side extends 'input' | 'output'> = O extends {
  [P in K]: infer S extends z.ZodType
}
  ? Side extends 'input'
    ? z.input<S>
    : z.output<S>
  : unknown

/** What a handler gets: params, query and body together, with defaults filled in. */
export type OperationInput<N extends OperationName> = Part<Table[N], 'params', 'output'> &
  Part<Table[N], 'query', 'output'> &
  Part<Table[N], 'body', 'output'>

/** What a caller gives: what has a default may be missing. */
export type OperationCall<N extends OperationName> = Part<Table[N], 'params', 'input'> &
  Part<Table[N], 'query', 'input'> &
  Part<Table[N], 'body', 'input'>

export type OperationAnswer<N extends OperationName> = z.output<Table[N]['answer']>

/** The table as plain operations, for code that walks over it. */
export const operationList: readonly (Operation & { name: OperationName })[] = Object.entries(
  operations,
).map(([name, operation]) => ({ ...operation, name: name as OperationName }))
