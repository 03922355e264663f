import { request } from 'node:http'
import * as z from 'zod'
import { isErrorCode } from '../../../src-shared/contract/index.ts'
import { fail, ok } from '../../base/index.ts'
import type { Outcome } from '../outcome.ts'
import type { Address } from './orchestrator-client.ts'

interface HttpCall {
  method: string
  path: string
  body?: string
}

const refusal = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
})

/**
 * One request to a gateway. It waits as long as the connection lasts, since a plan or the checks of a Save take
 * their time, and takes no proxy: the address is of this machine.
 */
export async function callHttp(address: Address, call: HttpCall): Promise<Outcome<unknown>> {
  const answer = await send(address, call)
  if (!answer.ok) return answer
  const { status, text } = answer.value
  const value = parse(text)
  if (value === undefined) return fail('gateway_version', `${address.url} gave no JSON (${status})`)
  if (status < 400) return ok(value)
  const refused = refusal.safeParse(value).data?.error
  if (!refused)
    return fail('gateway_version', `${address.url} refused without a reason (${status})`)
  const { code, message, details } = refused
  return fail(isErrorCode(code) ? code : 'internal', message, { details })
}

function send(
  { url, token }: Address,
  { method, path, body }: HttpCall,
): Promise<Outcome<{ status: number; text: string }>> {
  return new Promise((resolve) => {
    const lose = (cause: NodeJS.ErrnoException) =>
      resolve(fail('gateway_unreachable', `${url}: ${cause.code ?? cause.message}`, { cause }))
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    // An agent of its own: a connection that was kept could be closed by the other side at this very moment.
    const sent = request(new URL(path, url), { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', lose)
      response.on('end', () => resolve(ok({ status: response.statusCode ?? 0, text })))
    })
    sent.on('error', lose)
    sent.end(body)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever answered there is not what we know.
    return undefined
  }
}
