import { describe, expect, it } from 'vitest'
import { type Evidence, errorCodes } from '../../../src-shared/contract/index.ts'
import { AT, makeApproval, makeSession, makeTask } from '../fixture/scripted-orchestrator.ts'
import { plainPaint } from './format.ts'
import { failureLines, goOnLine, lineageLines, resultLines } from './result-view.ts'

const evidence = (check: string, exitCode: number): Evidence => ({
  check,
  command: 'node --test',
  tree: 't'.repeat(40),
  exitCode,
  durationMs: 400,
  log: 'hash',
  at: AT,
})
const view = { approvals: [], columns: 80 }

describe('resultLines', () => {
  it('says what was done, by whom and on what evidence', () => {
    const task = makeTask('a', 'integrated', {
      agent: 'codex',
      commit: 'b'.repeat(40),
      evidence: [evidence('test', 1), evidence('test', 0)],
      summary: 'I added it.',
    })
    const text = resultLines(makeSession([task]), view, plainPaint).join('\n')
    expect(text).toContain('1 of 1 task integrated')
    expect(text).toContain(' by codex bbbbbbbbbb; test green (0.4 s)')
    expect(text).toContain('I added it.')
    expect(text).not.toContain('red')
  })

  it('says what is left, why, and what waits for an answer', () => {
    const reason = { code: 'checks_failed', message: 'test is red' } as const
    const session = makeSession([makeTask('a', 'failed', { reason })])
    const text = resultLines(
      session,
      { ...view, approvals: [makeApproval('q1')] },
      plainPaint,
    ).join('\n')
    expect(text).toContain('test is red')
    expect(text).toContain('left: a')
    expect(text).toContain('a question waits: allow q1?')
  })

  it('says when work is unchecked', () => {
    const text = resultLines(makeSession([makeTask('a', 'integrated')]), view, plainPaint).join(
      '\n',
    )
    expect(text).toContain('unchecked')
    expect(text).toContain('--trust')
  })
})

describe('goOnLine', () => {
  const done = makeSession([makeTask('a', 'integrated'), makeTask('b', 'cancelled')])

  it('fits what is left to do', () => {
    expect(goOnLine(done, false)).toContain('--save')
    expect(goOnLine(done, true)).toContain('on main')
    expect(goOnLine(makeSession([makeTask('a', 'failed')]), false)).toContain('again')
    expect(goOnLine(makeSession([makeTask('a', 'cancelled')]), false)).toContain('again')
    expect(goOnLine(makeSession([]), false)).toContain('again')
  })
})

describe('failureLines', () => {
  it.each(errorCodes)('says for %s what happened, what was kept and what to do', (code) => {
    const lines = failureLines({ code, message: 'm' }, plainPaint)
    expect(lines).toHaveLength(4)
    for (const line of lines) expect(line.trim()).not.toBe('')
  })

  it('lists the files named, harmless and bounded', () => {
    const files = ['a\u001b[2Jb', ...Array.from({ length: 30 }, (_, n) => `f${n}`)]
    const lines = failureLines(
      { code: 'files_in_the_way', message: 'm', details: { files } },
      plainPaint,
    )
    expect(lines).toContain('     ab')
    expect(lines).toContain('     … 11 more')
  })

  it('says of each file why it is in the way, and how many were not even listed', () => {
    const paths = [
      { path: 'a.txt', why: 'modified' },
      { path: 'b.txt', why: 'untracked' },
    ]
    const failure = { code: 'files_in_the_way', message: 'm', details: { paths, total: 200 } }
    expect(failureLines(failure, plainPaint).slice(2, 6)).toEqual([
      '   paths:',
      '     a.txt (modified)',
      '     b.txt (untracked)',
      '     … 198 more',
    ])
  })
})

describe('lineageLines', () => {
  it('shows merges, refs and tasks apart', () => {
    const entry = {
      commit: 'd'.repeat(40),
      parents: ['a', 'b'],
      subject: 'merge',
      author: 'Codex',
      refs: ['session/s1/integration', 'session/s1/task/id', 'thalogos/s1/1'],
      task: 'a',
    }
    expect(lineageLines([entry], plainPaint)).toEqual([
      '⋈ dddddddddd (integration, thalogos/s1/1) merge [a] Codex',
    ])
  })
})
