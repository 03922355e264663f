import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ErrorCode, wordingOf } from '../src-shared/contract/index.ts'
import { processesOf } from './program/processes.ts'
import { runProgram, startProgram } from './program/program.ts'
import { fingerprint, initRepository, rawGit } from './program/repository.ts'

/** What is given, beside a good repository, data folder and goal; and what has to be said about it. */
interface Given {
  code: ErrorCode
  repo?: string
  plan?: string
  config?: string
  agent?: string
  goal?: string
  input?: string
  /** Beside the wording of the code. */
  says?: (string | RegExp)[]
}

const plan = (...tasks: object[]) =>
  JSON.stringify({ tasks: tasks.map((task) => ({ title: 'T', prompt: 'P', ...task })) })

let dir = ''
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'thalogos e2e ü ')))
  mkdirSync(join(dir, 'no repository'))
  mkdirSync(join(dir, 'home'))
  rawGit(dir, dir, 'init', '-q', '--bare', 'bare.git')
  initRepository(dir, join(dir, 'no commit'))
  for (const [name, config] of [
    ['good', undefined],
    ['no such target', '{"target": "release"}'],
    ['wrong checks', '{\n  "target": "main",\n  "checks": [\n    { "name": "test" }\n  ]\n}'],
  ] as const) {
    const repository = initRepository(dir, join(dir, name))
    repository.write('a.txt', 'a\n')
    if (config) repository.write('.thalogos.json', config)
    repository.git('add', '-A')
    repository.git('commit', '-qm', 'First')
  }
})
afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }))

const cases: Record<string, Given> = {
  'a folder that is no repository': { code: 'not_a_repository', repo: 'no repository' },
  'a folder that does not exist': { code: 'not_a_repository', repo: 'nowhere' },
  'a bare repository': { code: 'bare_repository', repo: 'bare.git' },
  'a repository without a commit': { code: 'no_commit', repo: 'no commit' },
  'a target that does not exist': {
    code: 'target_missing',
    repo: 'no such target',
    says: ['release'],
  },
  'a project configuration with a fault': {
    code: 'config_invalid',
    repo: 'wrong checks',
    says: [/\.thalogos\.json, line 4, checks\.0\.run/],
  },
  'a plan with a circle': {
    code: 'plan_cycle',
    plan: plan({ id: 'a', needs: ['b'] }, { id: 'b', needs: ['a'] }),
    says: [/\ba\b.*\bb\b/],
  },
  'a plan with the same id twice': {
    code: 'plan_duplicate',
    plan: plan({ id: 'same' }, { id: 'same' }),
    says: ['same'],
  },
  'a plan that needs what it has not': {
    code: 'plan_unknown_need',
    plan: plan({ id: 'a', needs: ['absent'] }),
    says: ['absent'],
  },
  'a plan with an unknown agent': {
    code: 'agent_unknown',
    plan: plan({ agent: 'nobody' }),
    says: ['nobody'],
  },
  'a plan that is no plan': {
    code: 'plan_invalid',
    plan: '{\n"tasks": 3\n}',
    says: [/line 2.*tasks/],
  },
  'a plan that is not JSON': { code: 'plan_invalid', plan: '{"tasks": [', says: ['line 1'] },
  'an unknown agent': { code: 'agent_unknown', agent: 'nobody', says: ['nobody'] },
  'an empty goal': { code: 'goal_empty', goal: '  \n' },
  'an empty goal on standard input': { code: 'goal_empty', goal: '-', input: '' },
  'a goal of a megabyte on standard input': {
    code: 'goal_too_long',
    goal: '-',
    input: 'ü'.repeat(500_000),
    says: ['500000 characters'],
  },
  'a configuration with an unknown key': {
    code: 'config_invalid',
    config: '{\n  "agents": {\n    "codex": { "comand": "codex" }\n  }\n}',
    says: [/line 3.*agents\.codex.*comand/],
  },
  'a configuration with a wrong value': {
    code: 'config_invalid',
    config: '{\n  "limits": {\n    "concurrentRuns": "four"\n  }\n}',
    says: [/line 3, key limits\.concurrentRuns/],
  },
}

describe('bad input ends with 2, says its code, what was kept and what to do, and changes nothing', () => {
  let number = 0
  it.each(Object.entries(cases))('%s', async (_name, given) => {
    number += 1
    const place = join(dir, `case ${number}`)
    mkdirSync(place)
    const repo = join(dir, given.repo ?? 'good')
    const before = fingerprint(dir)
    const file = (name: string, content: string | undefined) => {
      if (content === undefined) return []
      writeFileSync(join(place, `${name}.json`), content)
      return [`--${name}`, join(place, `${name}.json`)]
    }
    const args = [
      ...['run', '--repo', repo, '--data', join(place, 'data'), '--json'],
      ...file('plan', given.plan),
      ...file('config', given.config),
      ...(given.agent ? ['--agent', given.agent] : []),
      given.goal ?? 'A goal',
    ]
    const { input = '' } = given
    const ended = await runProgram(args, { home: join(dir, 'home'), input })
    expect(ended.code, ended.stderr).toBe(2)
    expect(ended.stdout).toBe('')
    const { what, kept, next } = wordingOf(given.code)
    for (const words of [`(${given.code})`, what, kept, next, ...(given.says ?? [])]) {
      expect(ended.stderr).toMatch(words instanceof RegExp ? words : literally(words))
    }
    const changed = Object.keys(fingerprint(dir)).filter((path) => !(path in before))
    expect(changed.filter((path) => !path.startsWith(`case ${number}/`))).toEqual([])
    expect(fingerprint(dir)).toMatchObject(before)
  })

  it('a file that is not there', async () => {
    const file = join(dir, 'no plan.json')
    const ended = await runProgram(
      ['run', '--repo', join(dir, 'good'), '--plan', file, '--data', join(dir, 'd'), 'A goal'],
      { home: join(dir, 'home') },
    )
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('(file_unreadable)')
    expect(ended.stderr).toContain(file)
  })

  it('a command line that cannot be understood', async () => {
    const ended = await runProgram(['run', 'A goal without a repository'], { home: dir })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('--repo')
    expect(ended.stderr).toContain('See --help.')
  })

  it('a demo in a data folder that another Thalogos owns, with other agents', async () => {
    const around = { home: join(dir, 'home') }
    const data = join(dir, 'owned data')
    const owner = startProgram(['serve', '--data', data, '--json'], around)
    await owner.says(/"url"/)
    const ended = await runProgram(['demo', '--data', data], around)
    owner.send('SIGTERM')
    expect((await owner.done).code).toBe(0)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    const { what, kept, next } = wordingOf('data_folder_owned')
    for (const words of ['(data_folder_owned)', what, kept, next]) {
      expect(ended.stderr).toContain(words)
    }
    expect(processesOf(dir)).toEqual([])
  })
})

const literally = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
