import type * as z from 'zod'
import type { ErrorCode } from '../errors/index.ts'

/**
 * One thing a client may ask of the orchestrator. The names in `params`, `query` and `body` differ, so that
 * together they are one flat input. Besides `errors`, every operation may answer with what the gateway itself
 * refuses (token, host, origin, form, size, rate) and with `internal`, `disk_full` and their like.
 */
export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As Fastify writes it: `/api/sessions/:session`. */
  path: string
  /** A sentence for the API description. */
  summary: string
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodObject
  answer: z.ZodType
  /** 200 unless said. */
  status?: 201 | 202
  errors: readonly ErrorCode[]
}

/** Keeps the literal types of a table of operations and checks their form. */
export const defineOperations = <T extends Record<string, Operation>>(table: T): T => table
