import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Run, taskStates } from '../../../src-shared/contract/index.ts'
import { AT, makeSession, makeTask } from '../fixture/scripted-orchestrator.ts'
import { plainPaint } from './format.ts'
import { sessionLines } from './session-view.ts'
import { widthOf } from './width.ts'

const now = Date.parse(AT) + 65_000
const wide = { now, columns: 120, rows: 40 }

const run = (agent: string, more: Partial<Run> = {}): Run => ({
  id: 'r1',
  n: 1,
  sessionId: 's1',
  agent,
  cause: 'first',
  state: 'running',
  startedAt: AT,
  usage: { inputTokens: 12_000, outputTokens: 345, costUsd: 0.125 },
  ...more,
})

describe('sessionLines', () => {
  it('says who works on what, since when and at what cost', () => {
    const task = makeTask('a', 'running', { runs: [run('codex')] })
    const [head, line] = sessionLines(makeSession([task]), wide, plainPaint)
    expect(head).toBe('the goal  0 of 1 task integrated · 1 at work')
    expect(line).toMatch(/^● running {6}a title of a +codex +1m 05s +12\.3k tokens \$0\.13/)
  })

  it('stops the clock when a task rests', () => {
    const ended = new Date(Date.parse(AT) + 3_000).toISOString()
    const task = makeTask('a', 'integrated', { runs: [run('codex', { endedAt: ended })] })
    expect(sessionLines(makeSession([task]), wide, plainPaint)[1]).toContain('3.0 s')
  })

  it('says why a task rests', () => {
    const reason = { code: 'merge_conflict', message: 'src/a.ts' } as const
    const lines = sessionLines(
      makeSession([makeTask('a', 'conflicted', { reason })]),
      wide,
      plainPaint,
    )
    expect(lines[1]).toContain('! conflicted')
    expect(lines[1]).toContain('(src/a.ts)')
  })

  it('shows what moves and what needs a human when 200 tasks do not fit, the rest as a count', () => {
    const tasks = Array.from({ length: 200 }, (_, n) =>
      makeTask(
        `t${n}`,
        n === 150 ? 'running' : n === 199 ? 'failed' : n < 100 ? 'integrated' : 'queued',
      ),
    )
    const lines = sessionLines(makeSession(tasks), { ...wide, rows: 13 }, plainPaint)
    expect(lines).toHaveLength(12)
    expect(lines.slice(1, -1).filter((line) => line.includes('queued'))).toHaveLength(8)
    expect(lines.some((line) => line.includes(' t150 '))).toBe(true)
    expect(lines.some((line) => line.includes(' t199 '))).toBe(true)
    expect(lines.at(-1)).toBe('  … 190 more: 100 integrated, 90 queued')
  })

  it('lets nothing that an agent or a plan wrote steer the terminal', () => {
    const task = makeTask('a', 'running', {
      title: 'x\u001b[2J\u001b]0;title\u0007\r\nsecond \u202egnp',
      agent: 'evil\u001b[31m',
    })
    const text = sessionLines(makeSession([task], { goal: 'a\nb\u001bc' }), wide, plainPaint).join(
      '',
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it must hold none
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  })

  it('never draws more than the terminal has, whatever stands in it', () => {
    const task = fc.record({
      state: fc.constantFrom(...taskStates),
      title: fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.constant('字'.repeat(300)),
      ),
      agent: fc.option(fc.string({ maxLength: 40 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(
        fc.array(task, { maxLength: 30 }),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 4, max: 40 }),
        (tasks, columns, rows) => {
          const session = makeSession(
            tasks.map(({ state, title, agent }, n) =>
              makeTask(`t${n}`, state, { title, ...(agent === undefined ? {} : { agent }) }),
            ),
          )
          const lines = sessionLines(session, { now, columns, rows }, plainPaint)
          expect(lines.length).toBeLessThan(rows)
          for (const line of lines) expect(widthOf(line)).toBeLessThan(columns)
        },
      ),
    )
  })
})
