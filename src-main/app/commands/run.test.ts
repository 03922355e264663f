import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { fail, ok } from '../../base/index.ts'
import {
  createRecordedScreen,
  createScriptedOrchestrator,
  makeApproval,
  makeCheckpoint,
  makeSession,
  makeTask,
  type Script,
} from '../fixture/scripted-orchestrator.ts'
import type { CommandContext } from './context.ts'
import { type RunOptions, runCommand } from './run.ts'

let data = ''
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'thalogos-run-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

const done = () => makeSession([makeTask('a', 'integrated')])
const half = () => makeSession([makeTask('a', 'integrated'), makeTask('b', 'failed')])

interface Play {
  options?: Partial<RunOptions>
  screen?: Parameters<typeof createRecordedScreen>[0]
  signal?: AbortSignal
  open?: CommandContext['open']
}

async function play(script: Script, { options, screen, signal, open }: Play = {}) {
  const scripted = createScriptedOrchestrator(script)
  const { orchestrator, calls, requests, listeners } = scripted
  const recorded = createRecordedScreen(screen)
  const { out, notes, drawn } = recorded
  const code = await runCommand(
    {
      open: open ?? (() => Promise.resolve(ok(orchestrator))),
      attach: () => Promise.resolve(fail('gateway_unreachable', 'it does not answer')),
      patienceMs: 0,
      examine: () => Promise.reject(new Error('run examines nothing')),
      screen: recorded.screen,
      signal: signal ?? new AbortController().signal,
      resourcesDir: '',
      pageDir: '',
      version: '1',
    },
    {
      repo: '.',
      goal: 'the goal',
      agents: [],
      data,
      save: false,
      allowUnchecked: false,
      trust: false,
      json: false,
      ...options,
    },
  )
  const text = out.join('\n')
  return { code, calls, requests, listeners, out, drawn, text, said: notes.join('\n') }
}

describe('exit codes of run', () => {
  it('0: all integrated', async () => {
    const { code, calls } = await play({ session: done() })
    expect([code, calls]).toEqual([0, ['start', 'close']])
  })

  it('0: all integrated and saved', async () => {
    const { code, calls, text } = await play({ session: done() }, { options: { save: true } })
    expect([code, calls]).toEqual([0, ['start', 'save', 'close']])
    expect(text).toContain('thalogos/s1/1')
  })

  it('1: not all integrated, and then nothing is saved', async () => {
    const { code, calls, text } = await play({ session: half() }, { options: { save: true } })
    expect([code, calls]).toEqual([1, ['start', 'close']])
    expect(text).toContain('Not saved')
  })

  it('1: could not be started', async () => {
    const { code, said } = await play({ session: done(), start: 'no_agent' })
    expect(code).toBe(1)
    expect(said).toContain('no_agent')
  })

  it('2: a plan, a configuration, a repository or a data folder that cannot be used', async () => {
    writeFileSync(join(data, 'bad.json'), '{"tasks":\n[{}]}')
    const bad = join(data, 'bad.json')
    const plan = await play({ session: done() }, { options: { plan: bad } })
    expect([plan.code, plan.calls]).toEqual([2, []])
    expect(plan.said).toContain('line 2')
    expect((await play({ session: done() }, { options: { config: bad } })).code).toBe(2)
    const repository = await play({ session: done(), open: 'not_a_repository' })
    expect([repository.code, repository.calls]).toEqual([2, ['close']])
    const owned = await play(
      { session: done() },
      { open: () => Promise.resolve(fail('data_folder_owned', 'by 123')) },
    )
    expect([owned.code, owned.said.includes('--data')]).toEqual([2, true])
  })

  it('3: Save refused, with the files in the way, harmless', async () => {
    const { code, said } = await play(
      { session: done(), save: 'files_in_the_way' },
      { options: { save: true, allowUnchecked: true } },
    )
    expect(code).toBe(3)
    expect(said).toContain('notes.txt')
    expect(said).not.toContain('\u001b')
  })

  it.each([
    ['y', ['save', 'save unchecked']],
    ['', ['save']],
  ])('asks a person before it saves unchecked; %j is the answer', async (answer, saves) => {
    const { calls, code } = await play(
      { session: done(), save: 'save_unchecked' },
      { options: { save: true }, screen: { interactive: true, answers: [answer] } },
    )
    expect(calls.filter((call) => call.startsWith('save'))).toEqual(saves)
    expect(code).toBe(3)
  })

  it('0: nothing to save because it is saved already', async () => {
    const session = { ...done(), checkpoints: [makeCheckpoint(0), makeCheckpoint(1)] }
    const { code } = await play({ session, save: 'save_nothing' }, { options: { save: true } })
    expect(code).toBe(0)
    const fresh = { ...done(), checkpoints: [makeCheckpoint(0)] }
    const refused = await play(
      { session: fresh, save: 'save_nothing' },
      { options: { save: true } },
    )
    expect(refused.code).toBe(3)
  })

  it('130: interrupted, with the agents stopped, their work kept and a way to go on', async () => {
    const controller = new AbortController()
    const { code, calls, said, text, listeners } = await play(
      {
        session: half(),
        scenes: [
          ({ never }) => {
            never()
            controller.abort()
          },
        ],
      },
      { signal: controller.signal },
    )
    expect([code, calls]).toEqual([130, ['start', 'suspend', 'close']])
    expect(text).not.toContain('integrated')
    expect(said).toContain('3 snapshots')
    expect(said).toContain('same command again')
    expect(listeners.size).toBe(0)
  })
})

describe('run', () => {
  it('asks for what the command line says', async () => {
    const { requests } = await play(
      { session: done() },
      { options: { repo: 'x/../y', agents: ['codex'], trust: true, goal: '-' } },
    )
    expect(requests).toEqual([
      {
        repo: resolve('y'),
        goal: 'a goal from standard input',
        agents: ['codex'],
        trust: true,
        resume: true,
      },
    ])
  })

  it('writes its log into the data folder', async () => {
    await play({ session: done() })
    expect(readdirSync(join(data, 'logs'))).toEqual(['thalogos.log'])
  })

  it('leaves an unexpected failure in the log', async () => {
    const broken = 'broken by a bug'
    await expect(play({ session: done(), broken })).rejects.toThrow(broken)
    expect(readFileSync(join(data, 'logs/thalogos.log'), 'utf8')).toContain('broken by a bug')
  })

  it('gives what stopped for good another chance when it is run again', async () => {
    expect((await play({ session: half(), resumed: true })).calls).toContain('retry id-b')
    expect((await play({ session: half() })).calls).not.toContain('retry id-b')
  })

  it('prints a line for what happens, in a pipe', async () => {
    const { text } = await play({
      session: done(),
      scenes: [
        ({ emit }) => {
          emit({
            type: 'task.state_changed',
            taskId: 'id-a',
            data: { from: 'queued', to: 'running' },
          })
          emit({
            type: 'task.state_changed',
            sessionId: 'other',
            data: { from: 'queued', to: 'failed' },
          })
        },
      ],
    })
    expect(text).toContain('2 uncommitted changes of yours stay out of it')
    expect(text).toContain('03:04:05 a: running')
    expect(text).not.toContain('failed')
  })

  it('prints nothing but the events of its session with --json', async () => {
    const { out, code } = await play(
      {
        session: done(),
        scenes: [
          ({ emit }) => {
            emit({ type: 'message.posted', sessionId: 'other', data: {} as never })
            emit({ type: 'integration.advanced', data: { from: 'a', to: 'b' } })
          },
        ],
      },
      { options: { json: true, save: true } },
    )
    const events = out.map((line) => JSON.parse(line) as StoredEvent)
    expect(events.map(({ type }) => type)).toEqual([
      'session.created',
      'session.state_changed',
      'integration.advanced',
      'session.state_changed',
    ])
    expect(code).toBe(0)
  })

  it('draws in place in a terminal', async () => {
    const { drawn } = await play({ session: done() }, { screen: { interactive: true } })
    expect(drawn[0]?.[1]).toContain('integrated')
  })

  it('asks the person at the terminal, and goes on when work goes on', async () => {
    const { calls, text } = await play(
      { session: done(), approvals: [makeApproval('q1'), makeApproval('q2')] },
      { screen: { interactive: true, answers: ['y', 'no'] } },
    )
    expect(calls).toEqual(['start', 'allow q1', 'deny q2', 'close'])
    expect(text).toContain('allow q1?')
  })

  it('leaves a question open when it is not answered, and asks nobody in a pipe', async () => {
    const approvals = [makeApproval('q1')]
    const later = await play({ session: half(), approvals }, { screen: { interactive: true } })
    expect(later.calls).toEqual(['start', 'close'])
    expect(later.text).toContain('a question waits')
    const piped = await play({ session: half(), approvals })
    expect(piped.text).not.toContain('Allow it?')
  })
})

describe('a question at the terminal', () => {
  const permission = {
    ...makeApproval('q1'),
    kind: 'permission' as const,
    options: ['allow', 'allow_session', 'deny'],
    subject: JSON.stringify(['shell', 'npm test']),
  }

  it.each([
    [['y'], 'allow q1'],
    [['s'], 'allow_session q1'],
    [['n', 'Use npm ci.'], 'deny q1 Use npm ci.'],
    [['no', ''], 'deny q1'],
  ])('about what an agent wants to do: %j', async (answers, call) => {
    const { calls } = await play(
      { session: done(), approvals: [permission] },
      { screen: { interactive: true, answers } },
    )
    expect(calls).toEqual(['start', call, 'close'])
  })

  it('knows no session where the question does not', async () => {
    const { calls } = await play(
      { session: done(), approvals: [makeApproval('q1')] },
      { screen: { interactive: true, answers: ['s'] } },
    )
    expect(calls).toEqual(['start', 'close'])
  })

  it.each([
    ['y', ['save', 'allow q1', 'save']],
    ['n', ['save', 'deny q1']],
    ['', ['save']],
  ])('about a protected target stands between Save and Save: %j', async (answer, deeds) => {
    const move = { ...makeApproval('q1'), kind: 'save' as const }
    const { calls, code } = await play(
      { session: done(), save: 'save_needs_approval', late: [move] },
      { options: { save: true }, screen: { interactive: true, answers: [answer] } },
    )
    expect(calls).toEqual(['start', ...deeds, 'close'])
    expect(code).toBe(3)
  })
})

describe('an orchestrator of another process', () => {
  const attached = (script: Script) => {
    const { orchestrator, lose, listeners } = createScriptedOrchestrator(script)
    return { orchestrator: { ...orchestrator, elsewhere: { pid: 7 } }, lose, listeners }
  }

  it('is named, and that its agents apply', async () => {
    const config = join(data, 'config.json')
    writeFileSync(config, '{}')
    const { orchestrator } = attached({ session: done() })
    const open = () => Promise.resolve(ok(orchestrator))
    const { said, code } = await play({ session: done() }, { open, options: { config } })
    expect(code).toBe(0)
    expect(said).toContain('Process 7 already serves this data folder')
    expect(said).toContain('--config is not used')
    expect(readdirSync(data)).not.toContain('logs')
  })

  it('1: when it is gone, with what became of the work', async () => {
    const gone = { code: 'gateway_unreachable', message: 'it does not answer any more' } as const
    const { orchestrator, lose, listeners } = attached({
      session: half(),
      scenes: [
        ({ never }) => {
          never()
          lose(gone)
        },
      ],
    })
    const open = () => Promise.resolve(ok(orchestrator))
    const { code, said } = await play({ session: half() }, { open })
    expect(code).toBe(1)
    expect(said).toContain('(gateway_unreachable)')
    expect(said).toContain('To go on, run the same command again.')
    expect(listeners.size).toBe(0)
  })
})
