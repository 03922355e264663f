import { describe, expect, it } from 'vitest'
import { makeApproval } from '../fixture/scripted-orchestrator.ts'
import { questionLines } from './question-view.ts'

const permission = (deed: string) => ({
  ...makeApproval('q'),
  kind: 'permission' as const,
  question: `Codex wants to run: ${deed.slice(0, 50)}`,
  subject: JSON.stringify(['shell', deed]),
})

describe('questionLines', () => {
  it('is the question alone where that says it all', () => {
    expect(questionLines(permission('npm test'))).toEqual(['Codex wants to run: npm test'])
    expect(questionLines(makeApproval('q'))).toEqual(['allow q?'])
  })

  it('shows a script whole, line by line, and nothing that steers the terminal', () => {
    const lines = questionLines(permission(`npm test\n\u001b[2Jrm -rf ~\n${'x'.repeat(500)}`))
    expect(lines.slice(1)).toEqual(['   | npm test', '   | rm -rf ~', `   | ${'x'.repeat(500)}`])
  })

  it('says when it cannot show all of it', () => {
    const lines = questionLines(permission('echo\n'.repeat(5_000)))
    expect(lines.length).toBeLessThan(110)
    expect(lines.at(-1)).toContain('not shown whole')
    expect(questionLines(permission('y'.repeat(30_000))).at(-1)).toContain('not shown whole')
  })

  it('shows a subject of another form as it is', () => {
    const text = 'a deed of words. '.repeat(20)
    expect(questionLines({ ...permission(''), subject: text })[1]).toBe(`   | ${text}`)
  })
})
