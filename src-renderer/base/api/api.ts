import type {
  OperationAnswer,
  OperationCall,
  OperationName,
} from '../../../src-shared/contract/index.ts'
import { addressOf } from './address.ts'

/** Why something was not done: a code of the contract, or `unreachable`. */
export interface ApiError {
  code: string
  message: string
  details?: unknown
}

export type Answer<T> = { ok: true; value: T } | { ok: false; error: ApiError }

/** Asks the orchestrator. Never throws for what it answers, nor when it does not answer. */
export type Call = <N extends OperationName>(
  name: N,
  input: OperationCall<N>,
) => Promise<Answer<OperationAnswer<N>>>

export interface Api {
  call: Call
  /** Bytes by address: a transcript, an artifact. */
  bytes(path: string): Promise<Answer<Uint8Array>>
}

const UNREACHABLE: ApiError = {
  code: 'unreachable',
  message:
    'Thalogos does not answer. Nothing was changed; it is asked again as soon as it is back.',
}

export function createApi(token: string, ask: typeof fetch = (...of) => fetch(...of)): Api {
  const send = async (path: string, init: RequestInit): Promise<Answer<Response>> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const response = await ask(path, { ...init, headers }).catch(() => undefined)
    if (!response) return { ok: false, error: UNREACHABLE }
    return response.ok
      ? { ok: true, value: response }
      : { ok: false, error: await errorOf(response) }
  }
  return {
    async call(name, input) {
      const { url, method, body } = addressOf(name, input as Record<string, unknown>)
      const sent = await send(url, { method, ...(body === undefined ? {} : { body }) })
      if (!sent.ok) return sent
      const value = await sent.value.json().catch(() => undefined)
      return value === undefined ? { ok: false, error: UNREACHABLE } : { ok: true, value }
    },
    async bytes(path) {
      const sent = await send(path, { method: 'GET' })
      if (!sent.ok) return sent
      const buffer = await sent.value.arrayBuffer().catch(() => undefined)
      return buffer
        ? { ok: true, value: new Uint8Array(buffer) }
        : { ok: false, error: UNREACHABLE }
    },
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined)
  const error = (body as { error?: Partial<ApiError> } | undefined)?.error
  const { code = `http_${response.status}`, message = 'It could not be done; the log says why.' } =
    error ?? {}
  return { code, message, ...(error?.details === undefined ? {} : { details: error.details }) }
}
