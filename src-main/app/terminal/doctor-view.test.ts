import { describe, expect, it } from 'vitest'
import { doctorLines } from './doctor-view.ts'
import { plainPaint } from './format.ts'
import { widthOf } from './width.ts'

describe('doctorLines', () => {
  const agent = {
    id: 'codex',
    name: 'Codex',
    available: false,
    reason: { code: 'command_missing', message: 'codex was not found' } as const,
    kinds: [],
    limits: { maxConcurrent: 2 },
    resume: true,
    structured: true,
    approvals: false,
    mcp: true,
    models: [],
    asking: 'it never asks',
    passes: { args: [], env: [] },
  }
  const report = {
    git: { code: 'git_missing', message: 'none on PATH' } as const,
    node: '24.0.0',
    data: {
      dir: '/data',
      bytes: 3_000_000,
      state: { sqlite: '3.53.0', damage: ['events 7: not JSON'] },
    },
    agents: [agent],
  }

  it('says what is missing and what to do about it', () => {
    const text = doctorLines(report, plainPaint).join('\n')
    expect(text).toContain('✗ missing git: none on PATH')
    expect(text).toContain('✗ missing Codex (codex)\n          codex was not found')
    expect(text).toContain('set `command` of this agent')
    expect(text).not.toContain('questions')
    expect(text).toContain('/data (3 MiB), sqlite 3.53.0')
    expect(text).toContain('✗ missing set aside: events 7: not JSON')
  })

  const ready = {
    ...agent,
    available: true,
    reason: undefined,
    version: '1.2.3',
    path: '/usr/bin/codex',
    signIn: 'run `codex login`',
  }
  const textOf = (one: object) =>
    doctorLines({ ...report, agents: [{ ...agent, ...one }] }, plainPaint).join('\n')

  it('says of an agent where it is, how it asks and what it is started with, by names alone', () => {
    const names = Array.from({ length: 40 }, (_, n) => `VARIABLE_${n}`)
    const text = textOf({
      ...ready,
      passes: { args: ['exec', '-c', 'mode="a b"', "it's", ''], env: names },
    })
    expect(text).toContain('✓ found   Codex 1.2.3 (codex)\n')
    expect(text).toContain('found at   /usr/bin/codex\n')
    expect(text).toContain('signed in  yes\n')
    expect(text).toContain('questions  it never asks\n')
    expect(text).toContain(`arguments  exec -c 'mode="a b"' 'it'\\''s' ''\n`)
    for (const name of names) expect(text).toMatch(new RegExp(`\\b${name}\\b`))
  })

  it('says how to sign in, and what an agent without that waits for', () => {
    const reason = { code: 'not_signed_in', message: 'Codex is not signed in' }
    const text = textOf({ ...ready, available: false, reason })
    expect(text).toContain('! sign in Codex 1.2.3 (codex)\n')
    expect(text).toContain('signed in  no; run `codex login`\n')
    const limited = { code: 'rate_limited', message: 'rate limited until noon' }
    const waiting = textOf({ ...ready, available: false, reason: limited })
    expect(waiting).toContain('! waits   Codex 1.2.3 (codex)\n          rate limited until noon\n')
    expect(waiting).toContain('signed in  yes\n')
    const off = { code: 'agent_unavailable', message: 'it is disabled' }
    expect(textOf({ ...ready, available: false, reason: off })).toContain('- off     Codex')
    expect(textOf({ ...ready, signIn: undefined })).not.toContain('signed in')
  })

  it('keeps to 80 columns, whatever it is told, and prints nothing that a terminal obeys', () => {
    const words = 'words 漢字 of any kind \u001b[2J'.repeat(60)
    const text = textOf({
      ...ready,
      available: false,
      name: words,
      path: words,
      asking: words,
      reason: { code: 'run_failed', message: words },
      passes: { args: words.split(' '), env: words.split(' ') },
    })
    expect(text).not.toContain('\u001b')
    for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80)
  })

  it('says who owns the data folder, beside all the rest', () => {
    const owner = { pid: 7, startedAt: 'noon', url: 'http://127.0.0.1:9' }
    const owned = { ...report, data: { ...report.data, state: { owner } } }
    const text = doctorLines(owned, plainPaint).join('\n')
    expect(text.replace(/\s+/g, ' ')).toContain(
      'in use by process 7 since noon, at http://127.0.0.1:9',
    )
    expect(text).toContain('✗ missing Codex')
  })
})
