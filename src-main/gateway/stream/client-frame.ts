import { type ClientFrame, clientFrameSchema } from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok, printableLine, type Result } from '../../base/index.ts'
import { isTooDeep } from '../rest/json.ts'

/** A text frame of a client, or what is wrong with it. */
export function parseClientFrame(text: string): Result<ClientFrame, Failure<'request_invalid'>> {
  if (isTooDeep(text)) return fail('request_invalid', 'the frame is nested too deep')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail('request_invalid', 'the frame is not JSON')
  }
  const parsed = clientFrameSchema.safeParse(value)
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  return fail('request_invalid', printableLine(`${issue?.path.join('.')}: ${issue?.message}`))
}
