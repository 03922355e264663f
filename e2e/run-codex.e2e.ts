import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ModelScript, planStep } from './model-service/index.ts'
import { processesOf, watchCommandLines } from './program/processes.ts'
import type { Ended } from './program/program.ts'
import { fingerprint, USER } from './program/repository.ts'
import {
  countTo,
  createStage,
  KEY,
  readEvents,
  type Stage,
  storedNumbers,
} from './program/stage.ts'

const CODEX = 'Codex <codex@agents.thalogos.invalid>'
const GOAL = 'Größere Werke: four works at once'

/** What Save changes: the branch, the tag, their logs, the index, objects, and the files themselves. */
const SAVED = [
  /^\.git\/(refs\/heads\/main|refs\/tags\/thalogos(\/.*)?|logs\/refs\/heads\/main|logs\/HEAD|index|objects\/.*)$/,
  /^(?!\.git(\/|$)|\.env$|node_modules(\/|$)|debug\.log$)/,
]

let stage: Stage

describe('four tasks from a plan, by the real Codex, in a repository that has been lived in', () => {
  const scripts: ModelScript[] = [
    {
      when: 'prompt-a',
      steps: [{ run: "printf 'grüße\\n' > 'werke/größe 1.txt'" }, { say: 'Greeted — ü.' }],
    },
    {
      when: 'prompt-b',
      steps: [
        {
          run: "apply_patch <<'PATCH'\n*** Begin Patch\n*** Update File: README.md\n@@\n # Proben\n \n-Eins.\n+Vier.\n*** Delete File: alt.txt\n*** End Patch\nPATCH",
        },
        { say: 'The README counts to four, what is old is gone.' },
      ],
    },
    {
      when: 'prompt-c',
      steps: [
        { run: "mkdir -p werke && echo drei > werke/drittes.txt && echo '#!/bin/sh' > lies.sh" },
        { run: 'chmod +x lies.sh; setsid sleep 600 > /dev/null 2>&1 &' },
        { say: 'Third.' },
      ],
    },
    {
      when: 'prompt-d',
      steps: [{ run: "cp 'werke/größe 1.txt' werke/abschrift.txt" }, { say: 'Copied.' }],
    },
  ]
  let ended: Ended
  let commands: string[]
  let before: Record<string, string>
  let base: string
  let left: unknown[]
  const events = () => readEvents(ended.stdout)
  const git = (...args: string[]) => stage.repository.git(...args)
  const sessionId = () => events().of('session.created')[0]?.sessionId ?? ''
  const taskIds = () =>
    Object.fromEntries(
      events()
        .of('task.created')
        .map(({ data, taskId }) => [data.key, taskId]),
    )

  beforeAll(async () => {
    stage = await createStage(scripts)
    before = fingerprint(stage.repository.dir, SAVED)
    base = git('rev-parse', 'main')
    expect(git('diff-files', '--name-only')).toBe('')
    const plan = stage.plan([
      { id: 'd', title: 'Copy the greeting', prompt: 'prompt-d', needs: ['a'] },
      { id: 'a', title: 'Greet', prompt: 'prompt-a', files: ['werke/**'] },
      { id: 'b', title: 'Count to four', prompt: 'prompt-b' },
      { id: 'c', title: 'Write the third work', prompt: 'prompt-c' },
    ])
    const watch = watchCommandLines(stage.dir)
    ended = await stage.run('--plan', plan, '--save', '--trust', '--json', GOAL)
    commands = watch.stop()
    left = processesOf(stage.dir)
  })
  afterAll(() => stage.close())

  it('ends with 0, having said nothing but events', () => {
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(events().of('task.created')).toHaveLength(4)
  })

  it('prints every event of the data folder, numbered without a gap', () => {
    const numbers = events().all.map(({ seq }) => seq)
    expect(numbers).toEqual(countTo(numbers.length))
    // What closing the session adds is stored after the last line was printed.
    expect(storedNumbers(stage).slice(0, numbers.length)).toEqual(numbers)
    expect(storedNumbers(stage)).toEqual(countTo(storedNumbers(stage).length))
  })

  it('leaves one commit of Codex for each task, committed by the user, with its trailers', () => {
    const log = git(
      'log',
      '--no-merges',
      '--format=%s%x09%an <%ae>%x09%cn <%ce>%x09%(trailers:only,unfold,separator=%x2C)',
      `${base}..main`,
    )
    const trailers = (key: string) =>
      `Session: ${sessionId()},Task: ${taskIds()[key]},Agent: Codex,Supervised-by: Thalogos`
    expect(log.split('\n').sort()).toEqual([
      `Copy the greeting\t${CODEX}\t${USER}\t${trailers('d')}`,
      `Count to four\t${CODEX}\t${USER}\t${trailers('b')}`,
      `Greet\t${CODEX}\t${USER}\t${trailers('a')}`,
      `Write the third work\t${CODEX}\t${USER}\t${trailers('c')}`,
    ])
    const merges = git('log', '--merges', '--format=%an%x09%cn <%ce>', `${base}..main`)
    expect(new Set(merges.split('\n'))).toEqual(new Set([`Thalogos\t${USER}`]))
    expect(git('log', '--format=%b', '--grep=Greet', `${base}..main`)).toContain('Greeted — ü.')
  })

  it('began the dependent task on what it needs', () => {
    const commitOf = (title: string) => git('log', '--format=%H', `--grep=^${title}$`, 'main')
    expect(git('merge-base', commitOf('Greet'), commitOf('Copy the greeting'))).toBe(
      commitOf('Greet'),
    )
    expect(git('show', 'main:werke/abschrift.txt')).toBe('grüße')
  })

  it('holds the agents’ work, and only that', () => {
    expect(git('diff', '--name-status', base, 'main').split('\n')).toEqual([
      'M\tREADME.md',
      'D\talt.txt',
      'A\tlies.sh',
      'A\twerke/abschrift.txt',
      'A\twerke/drittes.txt',
      'A\twerke/größe 1.txt',
    ])
    expect(git('ls-tree', 'main', 'lies.sh')).toMatch(/^100755 /)
    expect(git('log', '--all', '--format=%H', '--', '.env')).toBe('')
  })

  it('has evidence on exactly the saved tree, from a check that really ran', () => {
    const [saved] = events().of('checkpoint.saved')
    const [evidence] = saved?.data.checkpoint.evidence ?? []
    expect(evidence).toMatchObject({ check: 'works', command: 'sh check.sh', exitCode: 0 })
    expect(evidence?.tree).toBe(git('rev-parse', 'main^{tree}'))
    expect(stage.artifact(evidence?.log ?? '').split('\n')).toEqual([
      'read werke/abschrift.txt',
      'read werke/drittes.txt',
      'read werke/erstes stück.txt',
      'read werke/größe 1.txt',
      'read werke/zweites.txt',
      '',
    ])
    const checked = new Set(
      events()
        .of('evidence.recorded')
        .map(({ taskId }) => taskId),
    )
    expect(checked).toEqual(new Set(Object.values(taskIds())))
  })

  it('has an annotated tag by the user that says what was saved', () => {
    const tag = `refs/tags/thalogos/${sessionId()}/1`
    expect(git('for-each-ref', '--format=%(refname)', 'refs/tags/thalogos')).toBe(tag)
    expect(git('cat-file', '-t', tag)).toBe('tag')
    expect(git('rev-parse', `${tag}^{commit}`)).toBe(git('rev-parse', 'main'))
    expect(git('for-each-ref', '--format=%(taggername) %(taggeremail)', tag)).toBe(USER)
    const message = git('for-each-ref', '--format=%(contents)', tag)
    expect(message).toContain(GOAL)
    expect(message).toContain('works green on')
    expect(message).toContain(`Session: ${sessionId()}`)
  })

  it('leaves the working tree and the index clean, with the branch still checked out', () => {
    expect(git('symbolic-ref', 'HEAD')).toBe('refs/heads/main')
    // The plumbing, which believes what the index says about the files instead of refreshing it.
    expect(git('diff-files', '--name-only')).toBe('')
    expect(git('diff-index', '--cached', '--name-only', 'HEAD')).toBe('')
    expect(git('status', '--porcelain', '--ignored').split('\n')).toEqual([
      '!! .env',
      '!! debug.log',
      '!! node_modules/',
    ])
    expect(git('fsck', '--no-dangling')).toBe('')
  })

  it('changes nothing else of the user’s: refs, config, hooks, stash, remotes, ignored files', () => {
    expect(fingerprint(stage.repository.dir, SAVED)).toEqual(before)
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining(['.env', '.git/config', '.git/refs/stash', '.git/hooks/post-merge']),
    )
    expect(() => statSync(stage.repository.hookTrace)).toThrow('ENOENT')
  })

  it('leaves nothing running, not even what a command of the agent left behind', () => {
    expect(left).toEqual([])
  })

  it('lets no prompt and no key be seen in a command line', () => {
    expect(commands.some((command) => /codex.* app-server/.test(command))).toBe(true)
    expect(commands.some((command) => command.includes('sh check.sh'))).toBe(true)
    expect(commands.filter((command) => /prompt-[abcd]|Work only inside/.test(command))).toEqual([])
    expect(commands.filter((command) => command.includes(KEY))).toEqual([])
  })

  it('keeps the key out of events, logs and everything else it stores', () => {
    expect(ended.stdout).not.toContain(KEY)
    const holders = filesBelow(stage.data).filter((path) => readFileSync(path).includes(KEY))
    expect(holders).toEqual([])
  })

  it('says prompts in its plan and its tasks alone: not in other events, not in logs', () => {
    const telling = ['session.created', 'plan.proposed', 'task.created']
    const others = events().all.filter(({ type }) => !telling.includes(type))
    expect(JSON.stringify(others)).not.toMatch(/prompt-[abcd]|Work only inside/)
    const logs = filesBelow(join(stage.data, 'logs')).map((path) => readFileSync(path, 'utf8'))
    expect(logs.join('')).toContain('opened')
    expect(logs.join('')).not.toMatch(/prompt-[abcd]|Work only inside/)
  })
})

describe('a goal without a plan', () => {
  const goal = 'Write the fourth work and mention it'
  const plan = {
    tasks: [
      {
        id: 'fourth',
        title: 'Write the fourth work',
        prompt: 'prompt-fourth',
        agent: 'codex',
        needs: [],
        files: ['werke/viertes.txt'],
        kind: 'implement',
      },
      {
        id: 'mention',
        title: 'Mention it',
        prompt: 'prompt-mention',
        agent: null,
        needs: ['fourth'],
        files: [],
        kind: 'document',
      },
    ],
  }
  afterEach(() => stage.close())

  it('is split by Codex under a schema, mended after a red check, integrated and saved', async () => {
    stage = await createStage([
      { when: /Your last answer could not be used/, steps: [planStep(plan)] },
      { when: 'Split a goal into tasks', steps: [planStep({ tasks: [] })] },
      {
        when: 'check "works"',
        steps: [{ run: 'echo vier > werke/viertes.txt' }, { say: 'Mended.' }],
      },
      { when: 'prompt-fourth', steps: [{ run: ': > werke/viertes.txt' }, { say: 'Written.' }] },
      {
        when: 'prompt-mention',
        steps: [{ run: 'cat werke/viertes.txt >> README.md' }, { say: 'Mentioned.' }],
      },
    ])
    const ended = await stage.run('--save', '--trust', '--json', goal)
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const events = readEvents(ended.stdout)
    expect(events.of('plan.rejected')).toHaveLength(1)
    expect(events.of('plan.proposed')[0]?.data).toMatchObject({
      by: 'codex',
      plan: { tasks: [{ id: 'fourth' }, { id: 'mention', needs: ['fourth'] }] },
    })
    expect(events.of('evidence.recorded').map(({ data }) => data.evidence.exitCode)).toEqual(
      expect.arrayContaining([1, 0]),
    )
    const asked = stage.service.requests.find(({ prompt }) => prompt?.startsWith('Split a goal'))
    expect(asked?.body).toMatchObject({ text: { format: { type: 'json_schema', strict: true } } })
    expect(stage.repository.git('show', 'main:README.md')).toMatch(/vier$/)
    expect(stage.repository.git('status', '--porcelain')).toBe('')
    expect(processesOf(stage.dir)).toEqual([])
    // Its own conversation went on: it knows what it ran the first time.
    const mending = stage.service.requests.find(({ prompt }) => prompt?.includes('check "works"'))
    expect(JSON.stringify(mending?.body)).toContain(': > werke/viertes.txt')
    expect(mending?.prompt).toContain('empty: werke/viertes.txt')
  })

  it('is one task when no plan comes of it', async () => {
    stage = await createStage([
      { when: 'Split a goal into tasks', steps: [{ say: 'I would rather not.' }] },
      { when: goal, steps: [{ run: 'echo vier > werke/viertes.txt' }, { say: 'Done.' }] },
    ])
    const ended = await stage.run('--trust', goal)
    expect(ended.code).toBe(0)
    expect(ended.stdout).toContain('1 of 1 task integrated')
    expect(ended.stdout).toContain('run the same command with --save')
    expect(stage.repository.git('for-each-ref', 'refs/tags/thalogos')).toBe('')
    const saved = await stage.run('--trust', '--save', goal)
    expect(saved.code).toBe(0)
    expect(stage.repository.read('werke/viertes.txt')).toBe('vier\n')
  })
})

describe('an agent that cannot work', () => {
  afterEach(() => stage.close())

  it('with a wrong key ends the session incomplete and says what to do', async () => {
    const model: ModelScript[] = [{ when: /.*/, steps: [{ fail: 401, message: 'no such key' }] }]
    stage = await createStage(model)
    const { git } = stage.repository
    const base = git('rev-parse', 'main')
    const plan = stage.plan([{ id: 'a', title: 'Greet', prompt: 'prompt-a' }])
    const command = ['--plan', plan, '--save', '--trust', GOAL]
    const ended = await stage.run(...command)
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain('0 of 1 task integrated')
    expect(ended.stdout).toContain('Sign in with the agent’s own command, or give it a key')
    expect(ended.stdout).toContain('To go on, run the same command again.')
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(KEY)
    expect(git('rev-parse', 'main')).toBe(base)
    expect(processesOf(stage.dir)).toEqual([])

    const steps = [{ run: 'echo eins > werke/eins.txt' }, { say: 'Now it works.' }]
    model.splice(0, 1, { when: 'prompt-a', steps })
    const again = await stage.run(...command)
    expect(again.code, again.stdout).toBe(0)
    expect(again.stdout).toContain('going on with session')
    expect(git('show', 'main:werke/eins.txt')).toBe('eins')
  })
})

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
