import * as z from 'zod'
import { taskKinds } from './states.ts'

// Names become keys on screen and in trailers, never refs; the limit keeps a line readable.
const key = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, . _ - (1 to 64)')
// A title stands in commit subjects and on one line of the screen; longer ones are cut there, not refused.
const MAX_TITLE = 300
// A prompt goes to a model whole; past this it is a mistake (a pasted log), not a request.
const MAX_PROMPT = 262_144
// More tasks than this is a plan nobody reviews.
const MAX_TASKS = 500

export const planTaskSchema = z.strictObject({
  id: key.optional(),
  title: z.string().trim().min(1).max(MAX_TITLE),
  prompt: z.string().trim().min(1).max(MAX_PROMPT),
  agent: z.string().min(1).max(64).optional(),
  needs: z.array(key).default([]),
  files: z.array(z.string().min(1).max(1_000)).default([]),
  kind: z.enum(taskKinds).default('implement'),
})
export const planSchema = z.strictObject({ tasks: z.array(planTaskSchema).min(1).max(MAX_TASKS) })

/** A plan as given: `id`, `needs` and the rest may be missing. */
export type PlanInput = z.input<typeof planSchema>
export type Plan = z.output<typeof planSchema>
export type PlanTask = Plan['tasks'][number]
