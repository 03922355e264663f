import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { parseJsonSource } from './json-source.ts'

const schema = z.strictObject({ limits: z.strictObject({ runs: z.number() }).optional() })
const fault = (text: string) => {
  const parsed = parseJsonSource(text, schema)
  return parsed.ok ? undefined : parsed.fault
}

describe('parseJsonSource', () => {
  it('reads values, comments and trailing commas', () => {
    expect(parseJsonSource('// why\n{"limits": {"runs": 3,},}', schema)).toEqual({
      ok: true,
      value: { limits: { runs: 3 } },
    })
  })

  it('names key and line of a wrong value', () => {
    expect(fault('{\n  "limits": {\n    "runs": "many"\n  }\n}')).toMatchObject({
      key: 'limits.runs',
      line: 3,
    })
  })

  it('names the object that holds an unknown key', () => {
    expect(fault('{\n\n"limits": {"runs": 1, "walks": 2}}')).toMatchObject({
      key: 'limits',
      line: 3,
    })
  })

  it('names the line of a syntax error and of an empty file', () => {
    expect(fault('{\n"limits": \n]}')?.line).toBe(3)
    expect(fault('')).toMatchObject({ line: 1 })
  })

  it('keeps __proto__ a plain key', () => {
    expect(fault('{"__proto__": {"limits": 1}}')).toMatchObject({ line: 1 })
  })
})
