import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { planSchema } from '../../../src-shared/contract/index.ts'

const program = join(import.meta.dirname, '../../../resources/rehearsal-agent.mjs')
let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-rehearsal-'))
})
afterEach(() => {
  rmSync(dir, { recursive: true })
})

interface Said {
  type: string
  ok?: boolean
  text?: string
  message?: string
  answer?: unknown
}
function rehearse(prompt: string, args: readonly string[] = []): { said: Said[]; result: Said } {
  const { stdout, status } = spawnSync(process.execPath, [program, ...args], {
    cwd: dir,
    input: prompt,
    encoding: 'utf8',
  })
  const said = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Said)
  const result = said.at(-1) ?? { type: 'none' }
  expect(status).toBe(result.ok === true ? 0 : 1)
  return { said, result }
}
const script = (steps: string, label = 'rehearsal') =>
  `Do it.\n\n\`\`\`${label}\n${steps}\n\`\`\`\n`
const read = (name: string) => readFileSync(join(dir, name), 'utf8')

describe('the rehearsal agent', () => {
  it('performs its steps, and passes over what is done when it goes on', () => {
    writeFileSync(join(dir, 'main.js'), 'one\ntwo\n')
    writeFileSync(join(dir, 'old.txt'), '')
    const steps = script(
      `SAY First.
WRITE new/a.txt <<END
const $& = '$1'
END
APPEND main.js <<X
three
X
REPLACE main.js <<A <<B
two
A
2 $&
B
DELETE old.txt
RUN cat main.js
SLEEP 1
SAY Last.`,
    )
    for (let time = 0; time < 2; time += 1) {
      const { said, result } = rehearse(steps)
      expect(result).toMatchObject({ type: 'result', ok: true, answer: 'Last.' })
      expect(said[1]?.text).toContain('Rehearsal')
      expect(said).toContainEqual(
        expect.objectContaining({ state: 'ended', output: 'one\n2 $&\nthree\n', exitCode: 0 }),
      )
      expect(read('new/a.txt')).toBe("const $& = '$1'\n")
      expect(existsSync(join(dir, 'old.txt'))).toBe(false)
    }
  })

  it('does the second block when a check was red, else the first', () => {
    const prompt = `${script('WRITE a <<E\n1\nE')}${script('WRITE a <<E\n2\nE', 'rehearsal red')}`
    rehearse(prompt)
    expect(read('a')).toBe('1\n')
    rehearse(`${prompt}\n\`\`\`\`check-log\nit \`\`\` failed\n\`\`\`\``)
    expect(read('a')).toBe('2\n')
    rehearse(`${script('WRITE a <<E\n3\nE')}\n\`\`\`check-log\nx\n\`\`\``)
    expect(read('a')).toBe('3\n')
  })

  it('takes content that holds a fence within a longer one, and an indented block', () => {
    const content = 'WRITE a.md <<E\n```js\nx\n```\nE'
    rehearse(`\`\`\`\`rehearsal\n${content}\n\`\`\`\``)
    expect(read('a.md')).toBe('```js\nx\n```\n')
    rehearse('- so:\n  ```rehearsal\n  WRITE b <<E\n    in\n  E\n  ```\n')
    expect(read('b')).toBe('  in\n')
  })

  it.each([
    ['FAIL because', 'rehearsal: because'],
    ['WRITE ../x <<E\nE', 'not a path inside'],
    ['WRITE /etc/x <<E\nE', 'not a path inside'],
    ['DELETE .', 'not a path inside'],
    ['WRITE a <<E\nnever ended', 'no line E'],
    ['WRITE a', 'content is missing'],
    ['DANCE', 'unknown step'],
    ['REPLACE gone <<A <<B\nx\nA\ny\nB', 'found 0 times'],
  ])('fails honestly at %j', (steps, words) => {
    const { result } = rehearse(script(steps))
    expect(result).toMatchObject({ type: 'result', ok: false })
    expect(result.message).toContain(words)
    expect(readdirSync(dir)).toEqual([])
  })

  it('leaves a note without a script, and the same one again', () => {
    rehearse('Make it\nfaster.')
    const [name = ''] = readdirSync(join(dir, 'rehearsal-notes'))
    expect(read(`rehearsal-notes/${name}`)).toContain('No model was asked')
    expect(read(`rehearsal-notes/${name}`)).toContain('> faster.')
    rehearse('Make it\nfaster.')
    expect(readdirSync(join(dir, 'rehearsal-notes'))).toEqual([name])
  })

  it('answers with a plan: the one it is given, one for the goal, or none', () => {
    const plan = { tasks: [{ title: 'A', prompt: 'a' }] }
    const given = rehearse(script(JSON.stringify(plan), 'rehearsal plan'), ['--answer'])
    expect(given.result.answer).toEqual(plan)
    const made = rehearse('Plan it.\nGoal:\nMake it\nfaster.\n', ['--answer'])
    expect(planSchema.parse(made.result.answer).tasks[0]?.prompt).toBe('Make it\nfaster.')
    expect(planSchema.safeParse(rehearse('no aim', ['--answer']).result.answer).success).toBe(false)
    expect(readdirSync(dir)).toEqual([])
  })

  it('keeps the session that it resumes', () => {
    expect(rehearse('x', ['--resume', 'abc']).said[0]).toEqual({ type: 'session', id: 'abc' })
  })
})
