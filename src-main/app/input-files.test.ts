import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig, readPlan } from './input-files.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-input-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function file(text: string): string {
  const path = join(dir, 'file.json')
  writeFileSync(path, text)
  return path
}
const messageOf = (result: ReturnType<typeof readConfig> | ReturnType<typeof readPlan>) =>
  result.ok ? 'fine' : `${result.error.code}: ${result.error.message.replace(dir, '')}`

describe('readConfig', () => {
  it('fills in what the file leaves out', () => {
    const read = readConfig(file('{\n  // only this\n  "agents": {"codex": {"command": "c"}}\n}'))
    expect(read.ok && read.value).toMatchObject({
      agents: { codex: { command: 'c', maxConcurrent: 2, enabled: true } },
      limits: { concurrentRuns: 4 },
    })
    expect(readConfig(undefined).ok).toBe(true)
  })

  it.each([
    ['{\n "limits": {\n  "concurrentRuns": 0\n }\n}', 3, 'limits.concurrentRuns'],
    ['{\n "agents": {\n  "codex": { "comand": "x" }\n }\n}', 3, 'agents.codex'],
    ['{\n "agents": [],\n}', 2, 'agents'],
  ])('says which key on which line is wrong in %j', (text, line, key) => {
    expect(messageOf(readConfig(file(text)))).toContain(
      `config_invalid: /file.json, line ${line}, key ${key}:`,
    )
  })

  it('says on which line it is no JSON', () => {
    expect(messageOf(readConfig(file('{\n "a": \n}')))).toContain(
      'config_invalid: /file.json, line 3',
    )
    expect(messageOf(readConfig(file('')))).toContain('config_invalid: /file.json, line 1')
  })

  it('says why a file cannot be read', () => {
    expect(messageOf(readConfig(join(dir, 'none.json')))).toContain(
      'file_unreadable: /none.json: ENOENT',
    )
    expect(messageOf(readConfig(dir))).toContain('EISDIR')
  })
})

describe('readPlan', () => {
  it('reads a plan and names what is wrong in one', () => {
    expect(readPlan(file('{"tasks":[{"title":"t","prompt":"p"}]}')).ok).toBe(true)
    expect(
      messageOf(readPlan(file('{"tasks":[\n{"title":"t","prompt":"p"},\n{"title":"t"}]}'))),
    ).toContain('plan_invalid: /file.json, line 3, key tasks.1.prompt')
    expect(messageOf(readPlan(file('{"tasks":[]}')))).toContain('plan_invalid')
  })
})
