import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ModelScript, planStep } from './model-service/index.ts'
import { kill, processesOf, type SeenProcess } from './program/processes.ts'
import { rawGit } from './program/repository.ts'
import { countTo, createStage, readEvents, type Stage, storedNumbers } from './program/stage.ts'

const GOAL = 'Write two works, one of them slowly'

/**
 * Codex writes half of a work and then waits for a command that outlives this test many times over. Only when
 * it is told that it was interrupted does it write the rest. (Codex itself waits ten seconds for a command; then
 * the last step repeats.)
 */
const scripts: readonly ModelScript[] = [
  {
    when: 'You were interrupted',
    steps: [{ run: 'echo rest >> werke/langsam.txt' }, { say: 'Finished it.' }],
  },
  {
    when: 'prompt-slow',
    steps: [
      { run: 'echo half > werke/langsam.txt' },
      { run: 'setsid sleep 601 > /dev/null 2>&1 & sleep 602' },
    ],
  },
  { when: 'prompt-quick', steps: [{ run: 'echo q > werke/schnell.txt' }, { say: 'Done.' }] },
]

let stage: Stage
let command: string[]
let model: ModelScript[]
beforeEach(async () => {
  model = [...scripts]
  stage = await createStage(model)
  const plan = stage.plan([
    { id: 'quick', title: 'Write quickly', prompt: 'prompt-quick' },
    { id: 'slow', title: 'Write slowly', prompt: 'prompt-slow' },
  ])
  command = ['--plan', plan, '--save', '--trust', GOAL]
})
afterEach(() => stage.close())

/** Until the command that Codex waits for runs, and the other task is integrated. */
async function underWay(program: { says(pattern: RegExp): Promise<void> }): Promise<void> {
  await program.says(/quick: integrated|"key":"quick"[\s\S]*"to":"integrated"/)
  while (!processesOf(stage.dir).some(isWaiting)) await new Promise((next) => setTimeout(next, 50))
}
const isWaiting = ({ command }: SeenProcess) => /^sleep 60[12]$/.test(command)

/** The same command, to its end: everything integrated and saved, nothing left, nothing done twice. */
async function goOn(): Promise<void> {
  const asked = stage.service.requests.length
  const ended = await stage.run(...command)
  expect(ended, ended.stdout).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toContain('going on with session')
  expect(ended.stdout).toContain('2 of 2 tasks integrated')
  const { git, read } = stage.repository
  expect(read('werke/langsam.txt')).toBe('half\nrest\n')
  expect(git('status', '--porcelain')).toBe('')
  expect(git('for-each-ref', '--format=%(refname)', 'refs/tags/thalogos')).toMatch(/\/1$/)
  expect(processesOf(stage.dir)).toEqual([])
  // What was done is not done again, and Codex goes on in its own conversation.
  const again = stage.service.requests.slice(asked)
  expect(again.some(({ prompt }) => prompt?.includes('prompt-quick'))).toBe(false)
  const resumed = again.find(({ prompt }) => prompt?.includes('You were interrupted'))
  expect(JSON.stringify(resumed?.body)).toContain('sleep 602')
  const stored = storedNumbers(stage)
  expect(stored).toEqual(countTo(stored.length))
}

describe('Ctrl-C', () => {
  it('stops the agents, keeps their work in a snapshot, and the same command goes on', async () => {
    const { git } = stage.repository
    const base = git('rev-parse', 'main')
    const program = stage.start(...command)
    await underWay(program)
    program.send('SIGINT')
    const ended = await program.done
    expect(ended.code).toBe(130)
    expect(ended.stderr).toContain('Interrupted. The agents were stopped, 1 snapshot of their work')
    expect(ended.stderr).toContain('To go on, run the same command again.')
    expect(processesOf(stage.dir)).toEqual([])
    expect(git('rev-parse', 'main')).toBe(base)
    expect(git('status', '--porcelain')).toBe('')
    expect(keptInSnapshots('werke/langsam.txt')).toEqual(['half'])
    await goOn()
  })

  it('while Codex plans stops as well, and the same command plans anew', async () => {
    const goal = 'A goal that takes long to plan'
    model.unshift({ when: /^Split a goal/, steps: [{ run: 'sleep 602' }] })
    const program = stage.start('--trust', goal)
    while (!processesOf(stage.dir).some(isWaiting)) {
      await new Promise((next) => setTimeout(next, 50))
    }
    program.send('SIGINT')
    expect((await program.done).code).toBe(130)
    expect(processesOf(stage.dir)).toEqual([])
    const tasks = [{ title: 'Write quickly', prompt: 'prompt-quick', agent: 'codex' }]
    model.splice(0, 1, { when: /^Split a goal/, steps: [planStep({ tasks })] })
    const ended = await stage.run('--trust', goal)
    expect(ended, ended.stdout).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toContain('going on with session')
    expect(ended.stdout).toContain('plan of 1 task by codex')
  })
})

describe('SIGKILL', () => {
  it('of the whole program loses nothing, and the same command goes on', async () => {
    const program = stage.start(...command, '--json')
    await underWay(program)
    expect(killProgram()).toHaveLength(2)
    const ended = await program.done
    expect(ended.signal).toBe('SIGKILL')
    // Every line that was shown is in the data folder; only the last one may be cut off.
    const shown = readEvents(ended.stdout.slice(0, ended.stdout.lastIndexOf('\n')))
    expect(shown.all.map(({ seq }) => seq)).toEqual(countTo(shown.all.length))
    expect(storedNumbers(stage).slice(0, shown.all.length)).toEqual(countTo(shown.all.length))
    await goOn()
    expect(keptInSnapshots('werke/langsam.txt')).toContain('half')
  })

  it('of its parent alone is taken as a Ctrl-C', async () => {
    const program = stage.start(...command)
    await underWay(program)
    program.send('SIGKILL')
    await program.done
    expect(processesOf(stage.dir)).toEqual([])
    expect(keptInSnapshots('werke/langsam.txt')).toEqual(['half'])
  })
})

describe('killed again and again', () => {
  it('each time a few events later, the same command ends as if nothing had happened', async () => {
    const steps = [
      { run: 'mkdir -p neu; echo new > "neu/$(basename "$PWD").txt"' },
      { say: 'Done.' },
    ]
    model.splice(0, model.length, { when: 'prompt-new', steps })
    const task = (id: string, needs: string[]) => {
      return { id, title: `Write ${id}`, prompt: 'prompt-new', needs }
    }
    const plan = stage.plan([task('a', []), task('b', []), task('c', []), task('d', ['a', 'b'])])
    const args = ['--plan', plan, '--save', '--trust', '--json', 'Write four works']
    let code: number | null = null
    let kills = 0
    // Four more lines each time: every start gets further than the one before.
    for (let lines = 3; code === null; lines += 4) {
      const program = stage.start(...args)
      const reached = program
        .says(new RegExp(`(.*\n){${lines}}`))
        .then(killProgram, () => undefined)
      const ended = await program.done
      code = ended.code
      await reached
      if (code === null) kills += 1
      // Killed after it had said so, it is saved: the same command would mean new work.
      if (ended.stdout.includes('"checkpoint.saved"')) code = 0
    }
    expect(code).toBe(0)
    expect(kills).toBeGreaterThan(3)
    const { git } = stage.repository
    expect(git('tag', '--list', 'thalogos/*').split('\n')).toHaveLength(1)
    expect(git('ls-tree', '--name-only', 'main:neu').split('\n')).toHaveLength(4)
    expect(
      git('log', '--no-merges', '--author=Codex', '--format=%s', 'main').split('\n').sort(),
    ).toEqual(['Write a', 'Write b', 'Write c', 'Write d'])
    expect(git('status', '--porcelain')).toBe('')
    expect(git('fsck', '--no-dangling')).toBe('')
    expect(processesOf(stage.dir)).toEqual([])
    const stored = storedNumbers(stage)
    expect(stored).toEqual(countTo(stored.length))
  })
})

/** The program and its parent, as `kill -9` would; what they had started is left alone. */
function killProgram(): SeenProcess[] {
  const own = processesOf(stage.dir).filter(({ command }) =>
    /start\.mjs|headless\.cjs/.test(command),
  )
  kill(own)
  return own
}

/** The content of a file in each snapshot that holds it, asked of the mirror with raw git. */
function keptInSnapshots(path: string): string[] {
  const mirrors = join(stage.data, 'mirrors')
  const [mirror = ''] = readdirSync(mirrors)
  const git = (...args: string[]) => rawGit(stage.home, join(mirrors, mirror), ...args)
  return stage
    .stored('SELECT * FROM snapshots ORDER BY id')
    .map((row) => String(row['commit']))
    .filter((commit) => git('ls-tree', commit, path) !== '')
    .map((commit) => git('show', `${commit}:${path}`))
}
