import {
  type Operation,
  type OperationName,
  operations,
} from '../../../src-shared/contract/index.ts'

/** Where and how an operation is asked: the flat input goes into the path, the query and the body. */
export interface Address {
  method: Operation['method']
  url: string
  body?: string
}

/** Pure. What is undefined is left out; a missing path parameter throws. */
export function addressOf(name: OperationName, input: Readonly<Record<string, unknown>>): Address {
  const { method, path, query, body }: Operation = operations[name]
  const url = path.replaceAll(/:([a-z]+)/gi, (_whole, key: string) => {
    const value = input[key]
    if (typeof value !== 'string') throw new Error(`${name} needs ${key}`)
    return encodeURIComponent(value)
  })
  const search = new URLSearchParams()
  for (const key of Object.keys(query?.shape ?? {})) {
    if (input[key] !== undefined) search.set(key, String(input[key]))
  }
  const tail = search.size === 0 ? '' : `?${search}`
  if (!body) return { method, url: url + tail }
  const fields = Object.keys(body.shape).filter((key) => input[key] !== undefined)
  return {
    method,
    url: url + tail,
    body: JSON.stringify(Object.fromEntries(fields.map((key) => [key, input[key]]))),
  }
}
