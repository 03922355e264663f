import { describe, expect, it } from 'vitest'
import { doctorLines } from './doctor-view.ts'
import { plainPaint } from './format.ts'

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
    expect(text).toContain('✗ missing agent codex: Codex: codex was not found')
    expect(text).toContain('Install it')
    expect(text).toContain('/data (3 MiB), sqlite 3.53.0')
    expect(text).toContain('✗ missing set aside: events 7: not JSON')
  })

  it('says of each agent where it is, how it asks and what it is started with, by names alone', () => {
    const long = Array.from({ length: 40 }, (_, n) => `VARIABLE_${n}`)
    const ready = {
      ...agent,
      available: true,
      version: '1.2.3',
      path: '/usr/bin/codex',
      passes: { args: ['exec', '--json'], env: long },
    }
    const lines = doctorLines({ ...report, agents: [ready] }, plainPaint)
    const text = lines.join('\n')
    expect(text).toContain('✓ found   agent codex: Codex 1.2.3, signed in')
    expect(text).toContain('found at: /usr/bin/codex')
    expect(text).toContain('questions: it never asks')
    expect(text).toContain('arguments: exec --json')
    for (const name of long) expect(text).toContain(name)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80)
  })

  it('says who owns the data folder, beside all the rest', () => {
    const state = { code: 'data_folder_owned', message: 'process 7 uses /data' } as const
    const owned = { ...report, data: { ...report.data, state } }
    const text = doctorLines(owned, plainPaint).join('\n')
    expect(text).toContain('process 7 uses /data')
    expect(text).toContain('✗ missing agent codex')
  })
})
