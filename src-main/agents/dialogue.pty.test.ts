import { existsSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OutputItem } from '../../src-shared/contract/index.ts'
import type { PermissionAnswer } from './adapter.ts'
import { askingAdapter } from './fixture/asking-adapter.ts'
import { createStage, type Played, type Stage, until } from './fixture/stage.ts'
import type { RunHandle } from './runner.ts'

let stage: Stage
beforeEach(() => {
  stage = createStage()
})
afterEach(() => expect(stage.remove()).toEqual([]))

/** What the sink heard, and the run's handle: what a test acts with while the run lasts. */
interface Talk {
  asked: string[]
  withdrawn: string[]
  handle: RunHandle
  items: OutputItem[]
}

/** Plays the steps; every question is answered with `answer`, or left to `during`. */
async function talk(
  steps: string[],
  options: {
    answer?: PermissionAnswer
    during?: (talk: Talk) => Promise<void>
    timeoutMs?: number
  } = {},
): Promise<Played & Omit<Talk, 'handle'>> {
  const asked: string[] = []
  const withdrawn: string[] = []
  const { answer, during, timeoutMs = 30_000 } = options
  const played = await stage.play(
    stage.runner({ adapter: askingAdapter }),
    {
      agent: 'asking',
      prompt: steps.join('\n'),
      timeoutMs,
      sink: {
        asked: ({ id, subject }) => asked.push(`${id} ${subject}`),
        withdrawn: (id) => withdrawn.push(id),
      },
    },
    async (handle, items) => {
      if (answer) {
        await until(() => asked.length > 0)
        handle.answer('q1', answer)
      }
      await during?.({ asked, withdrawn, handle, items })
    },
  )
  expect(played.left).toEqual({ ended: 0, left: [] })
  return { ...played, asked, withdrawn }
}
const textOf = ({ items }: Played) => items.map((item) => ('text' in item ? item.text : ''))

describe('a dialogue on pipes', () => {
  it('asks, is allowed, does it, and goes when it has closed', async () => {
    const played = await talk(['ask touch allowed', 'close'], { answer: { decision: 'allow' } })
    expect(played.end).toMatchObject({ outcome: 'succeeded', answer: 'done', exitCode: 0 })
    expect(played.asked).toEqual(['q1 touch allowed'])
    expect(played.withdrawn).toEqual([])
    expect(existsSync(join(stage.worktree, 'allowed'))).toBe(true)
    expect(played.transcript).toBe(
      '\u001b[33m? wants to run: touch allowed\u001b[0m\r\n\u001b[32mallowed\u001b[0m\r\nheard allow \r\n\u001b[1m— succeeded\u001b[0m\r\n',
    )
  })

  it('is denied with a note, and keeps what it said, not what it was told', async () => {
    const answer = { decision: 'deny', note: 'not today' } as const
    const played = await talk(['ask touch denied', 'close'], { answer })
    expect(textOf(played)).toEqual(['heard deny not today'])
    expect(existsSync(join(stage.worktree, 'denied'))).toBe(false)
    expect(played.transcript).toContain('denied: not today')
    expect(played.raw.toString()).toBe(
      '{"type":"ask","id":"q1","command":"touch denied"}\n{"type":"said","text":"heard deny not today"}\n{"type":"closed"}\n',
    )
  })

  it('hears one answer to a question, and none to what it did not ask', async () => {
    const played = await talk(['ask touch once', 'close'], {
      during: async ({ handle, asked }) => {
        handle.answer('q1', { decision: 'allow' })
        await until(() => asked.length > 0)
        handle.answer('q7', { decision: 'allow' })
        handle.answer('q1', { decision: 'deny' })
        handle.answer('q1', { decision: 'allow' })
      },
    })
    expect(textOf(played)).toEqual(['heard deny '])
    expect(played.end.outcome).toBe('succeeded')
  })

  it('takes a question back, after which an answer is nothing', async () => {
    const go = join(stage.dir, 'go')
    const steps = ['ask-on touch no', 'withdraw', `wait ${go}`, 'ask touch yes', 'close']
    const played = await talk(steps, {
      during: async ({ handle, asked, withdrawn }) => {
        await until(() => withdrawn.length > 0)
        handle.answer('q1', { decision: 'deny' })
        writeFileSync(go, '')
        await until(() => asked.length > 1)
        handle.answer('q2', { decision: 'allow' })
      },
    })
    expect(played.withdrawn).toEqual(['q1'])
    expect(textOf(played)).toEqual(['heard allow '])
    expect(played.transcript).toContain('no longer asked')
  })

  it('is cancelled while nobody answers: the question is withdrawn', async () => {
    const played = await talk(['ask touch never', 'close'], {
      during: async ({ handle, asked }) => {
        await until(() => asked.length > 0)
        handle.cancel('cancelled')
      },
    })
    expect(played.end).toMatchObject({ outcome: 'cancelled' })
    expect(played.withdrawn).toEqual(['q1'])
    expect(existsSync(join(stage.worktree, 'never'))).toBe(false)
  })

  it('waits for a person without end, and has its time for itself', async () => {
    const played = await talk(['ask touch late', 'close'], {
      timeoutMs: 3_000,
      during: async ({ handle, asked }) => {
        await until(() => asked.length > 0)
        await sleep(3_500)
        handle.answer('q1', { decision: 'allow' })
      },
    })
    expect(played.end.outcome).toBe('succeeded')
    const hung = await talk(['ask touch late', 'hang'], {
      timeoutMs: 300,
      answer: { decision: 'allow' },
    })
    expect(hung.end.outcome).toBe('timed_out')
  })

  it('stops reading: what it is told harms nobody', async () => {
    const played = await talk(['ask-on touch a', 'deaf', 'say ready', 'hang'], {
      during: async ({ handle, items }) => {
        await until(() => items.length > 0)
        handle.answer('q1', { decision: 'allow', note: 'x'.repeat(1_000_000) })
        await sleep(100)
        handle.cancel('interrupted')
      },
    })
    expect(played.end.outcome).toBe('interrupted')
  })

  it('crashes without a word, or is missing', async () => {
    const gone = await talk(['exit 3'])
    expect(gone.end).toMatchObject({ outcome: 'crashed', exitCode: 3 })
    const plan: typeof askingAdapter.plan = (input) => ({
      ...askingAdapter.plan(input),
      command: 'no-such-agent',
    })
    const runner = stage.runner({ adapter: { ...askingAdapter, plan } })
    const { end } = await stage.play(runner, { agent: 'asking' })
    expect(end).toMatchObject({ outcome: 'crashed', reason: { code: 'command_missing' } })
  })

  it('stays though it has closed: it is ended, and has succeeded', async () => {
    const played = await talk(['close', 'hang'])
    expect(played.end).toMatchObject({ outcome: 'succeeded', signal: 'SIGINT' })
  })

  it('leaves a process that holds its output: that ends with it, and the run does not wait', async () => {
    const away = `setsid sh -c 'echo > away; exec sleep 600' & until [ -e away ]; do sleep 0.02; done`
    const played = await talk([`ask ${away}`, 'close'], { answer: { decision: 'allow' } })
    expect(played.end).toMatchObject({ outcome: 'succeeded', leftovers: 1 })
  })

  it('prints without end and loses no byte while the disk catches up', async () => {
    const played = await talk(['flood 50000', 'close'])
    expect(played.raw.length).toBe(50_000 * 106 + '{"type":"closed"}\n'.length)
    expect(played.items).toHaveLength(10_001)
  })

  it.runIf(process.platform === 'linux')('leaves no pipe open, however it ended', async () => {
    const before = openPipes()
    await talk(['close'])
    await talk(['exit 1'])
    await talk(['ask touch a', 'close'], {
      during: async ({ handle, asked }) => {
        await until(() => asked.length > 0)
        expect(openPipes()).toBeGreaterThan(before)
        handle.cancel('cancelled')
      },
    })
    await expect.poll(openPipes).toBe(before)
  })

  it('is denied everything where nobody can be asked', async () => {
    const runner = stage.runner({ adapter: askingAdapter })
    const prompt = 'ask touch unasked\nclose'
    const { end, items } = await stage.play(runner, { agent: 'asking', prompt })
    expect(end.outcome).toBe('succeeded')
    expect(items).toEqual([
      { kind: 'warning', text: expect.stringContaining('nobody can be asked here: touch unasked') },
      { kind: 'message', text: 'heard deny nobody can be asked here' },
    ])
  })
})

/** Node's pipes to its children are sockets (libuv, UV_CREATE_PIPE). */
const openPipes = () =>
  readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith('socket:')
    } catch {
      // The listing's own descriptor.
      return false
    }
  }).length
