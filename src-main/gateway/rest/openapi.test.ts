import { describe, expect, it } from 'vitest'
import { operationList } from '../../../src-shared/contract/index.ts'
import { asOwner, openGateway } from '../fixture/open.ts'
import { describeApi } from './openapi.ts'
import { statusOf } from './statuses.ts'

interface Described {
  operationId: string
  parameters: { name: string; in: string; required: boolean; schema: object }[]
  requestBody?: { required: boolean; content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content: Record<string, { schema: object }> }>
}
interface Api {
  openapi: string
  info: { version: string }
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, object> }
}
const api = () => describeApi('1.2.3') as unknown as Api

/** Every value of a key, wherever it stands. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, one]) => [
    ...(name === key ? [one] : []),
    ...valuesOf(key, one),
  ])
}

describe('the description of the API', () => {
  it('is served', async () => {
    const { send } = await openGateway()
    const answer = await send('/api/openapi.json', { headers: asOwner })
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(JSON.parse(answer.text)).toEqual(JSON.parse(JSON.stringify(api())))
  })

  it('has each operation once, with its input, its answer and its errors', () => {
    const { paths, openapi, info } = api()
    expect([openapi, info.version]).toEqual(['3.1.0', '1.2.3'])
    for (const operation of operationList) {
      const { name, method, path, params, query, body, status = 200, errors } = operation
      const one = paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      expect(one?.operationId).toBe(name)
      expect(one?.parameters.map((each) => `${each.in} ${each.name}`)).toEqual([
        ...Object.keys(params?.shape ?? {}).map((key) => `path ${key}`),
        ...Object.keys(query?.shape ?? {}).map((key) => `query ${key}`),
      ])
      expect(one?.requestBody !== undefined).toBe(body !== undefined)
      expect(one?.responses[status]?.content['application/json']?.schema).toBeTypeOf('object')
      for (const code of [...errors, 'token_refused', 'scope_refused'] as const) {
        expect([code, one?.responses[statusOf(code)]?.description]).toEqual([
          code,
          expect.stringContaining(code),
        ])
      }
    }
  })

  it('names the parameters of each path, and no two operations alike', () => {
    const { paths } = api()
    const ids: string[] = []
    for (const [path, methods] of Object.entries(paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const one of Object.values(methods)) {
        ids.push(one.operationId)
        const given = (one.parameters ?? []).filter((each) => each.in === 'path')
        expect([path, given.map(({ name }) => name)]).toEqual([path, inPath])
        expect(given.every(({ required }) => required)).toBe(true)
      }
    }
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBe(operationList.length + 5)
  })

  it('refers only to shapes that it has, and each shape says something', () => {
    const whole = api()
    const { schemas } = whole.components
    const references = new Set(valuesOf('$ref', whole).map(String))
    expect(references.size).toBeGreaterThan(10)
    for (const reference of references) {
      expect(reference).toMatch(/^#\/components\/schemas\/\w+$/)
      expect(Object.keys(schemas)).toContain(reference.split('/').at(-1))
    }
    for (const [name, schema] of Object.entries(schemas)) {
      expect([name, Object.keys(schema).length > 1]).toEqual([name, true])
    }
  })

  it('demands what has no default, and nothing else', () => {
    const { paths } = api()
    const body = (path: string, method = 'post') => paths[path]?.[method]?.requestBody
    expect(body('/api/projects')?.required).toBe(true)
    expect(body('/api/sessions/{session}/checkpoints')?.required).toBe(false)
    expect(body('/api/sessions')?.content['application/json']?.schema).toMatchObject({
      required: ['repo', 'goal'],
      additionalProperties: false,
    })
  })
})
