import * as z from 'zod'
import type { Operation } from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok, printableLine, type Result } from '../../base/index.ts'

type Fields = Readonly<Record<string, unknown>>

interface Parts {
  params: Fields
  query: Fields
  body: Fields
}

/** What a caller gives, as the handler of the operation takes it: checked, defaults filled in. Pure. */
export function readCall(
  operation: Operation,
  call: Fields,
): Result<Fields, Failure<'request_invalid'>> {
  const given = partsOf(operation, call)
  const checked = [
    operation.params?.safeParse(given.params),
    operation.query?.safeParse(given.query),
    (operation.body ?? NO_BODY).safeParse(given.body),
  ]
  for (const part of checked) {
    if (!part?.error) continue
    const [issue] = part.error.issues
    const place = z.core.toDotPath(issue?.path ?? [])
    return fail('request_invalid', printableLine(`${place}: ${issue?.message}`))
  }
  return ok(Object.assign({}, ...checked.map((part) => part?.data)))
}

/** The same as a request: its path with the query, and its body where the operation has one. Pure. */
export function requestOf(operation: Operation, call: Fields): { path: string; body?: string } {
  const { params, query, body } = partsOf(operation, call)
  const path = operation.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  )
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  return {
    path: search === '' ? path : `${path}?${search}`,
    ...(operation.body ? { body: JSON.stringify(body) } : {}),
  }
}

const NO_BODY = z.strictObject({})

/** The names in params, query and body differ: each field belongs to one of them. */
function partsOf({ params, query }: Operation, call: Fields): Parts {
  const isOf = (schema: z.ZodObject | undefined, name: string) =>
    schema !== undefined && Object.hasOwn(schema.shape, name)
  const given = Object.entries(call).filter(([, value]) => value !== undefined)
  const pick = (isMeant: (name: string) => boolean) =>
    Object.fromEntries(given.filter(([name]) => isMeant(name)))
  return {
    params: pick((name) => isOf(params, name)),
    query: pick((name) => isOf(query, name)),
    body: pick((name) => !(isOf(params, name) || isOf(query, name))),
  }
}
