import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InteractivePlan } from './adapter.ts'
import { askingAdapter } from './fixture/asking-adapter.ts'
import { createStage, type Played, type Stage, until } from './fixture/stage.ts'
import type { RunRequest } from './run-request.ts'
import type { RunHandle } from './runner.ts'

let stage: Stage
beforeEach(() => {
  stage = createStage()
})
afterEach(() => expect(stage.remove()).toEqual([]))

/** What is on the terminal so far. */
type Screen = () => string

/** Opens a program for a person; `during` is the person. */
async function visit(
  plan: Partial<InteractivePlan>,
  during: (handle: RunHandle, screen: Screen) => Promise<void> | void = () => undefined,
  request: Partial<RunRequest> = {},
): Promise<Played> {
  const adapter = {
    ...askingAdapter,
    planInteractive: () => ({ ...RAW, ...plan }),
  }
  const screen = () => readFileSync(join(stage.dir, 'runs', 'visit', 'raw.log'), 'utf8')
  const played = await stage.play(
    stage.runner({ adapter }),
    {
      runId: 'visit',
      agent: 'asking',
      interactive: { cols: 91, rows: 27 },
      // It has no time limit: this one would end it at once.
      timeoutMs: 1,
      ...request,
    },
    (handle) => during(handle, screen),
  )
  expect(played.left).toEqual({ ended: 0, left: [] })
  return played
}
const RAW: InteractivePlan = {
  command: process.execPath,
  args: [join(import.meta.dirname, 'fixture/raw-terminal.mjs')],
  env: {},
  files: [],
  leave: '/quit\r',
}
const STAYS = { args: [...RAW.args, 'stay'] }
const shell = (script: string) => ({ command: '/bin/sh', args: ['-c', script] })
const seen = (screen: Screen, text: string) => until(() => holds(screen, text))
const holds = (screen: Screen, text: string) => {
  try {
    return screen().includes(text)
  } catch {
    // Not started yet.
    return false
  }
}

describe('an interactive run', () => {
  it('has one terminal for input, output and errors, of the size that was asked for', async () => {
    const { end, raw, items, transcript } = await visit({}, async (handle, screen) => {
      await seen(screen, 'ready')
      handle.leave()
    })
    expect(raw.toString()).toContain('ready true,true,true truecolor xterm-256color 91x27')
    expect(end).toMatchObject({ outcome: 'succeeded', exitCode: 5, leftovers: 0 })
    expect(end.answer).toBeUndefined()
    expect(items).toEqual([])
    expect(transcript).toMatch(
      /— opened at a terminal at 20\S+Z; the raw view has what happens there.*\r\n.*— left at 20\S+Z/,
    )
  })

  it.each([100_000, 1_000_000])('gets %i bytes as they were typed', async (length) => {
    const typed = `${'0123456789äöü€\u001b[A'.repeat(length / 20)}\u0004`
    const bytes = Buffer.from(typed)
    const { raw } = await visit({}, async (handle, screen) => {
      await seen(screen, 'ready')
      handle.write(typed)
      await seen(screen, 'got')
      handle.leave()
    })
    const hash = createHash('sha256').update(bytes).digest('hex')
    expect(raw.toString()).toContain(`got ${bytes.length} ${hash}`)
  })

  it('passes on what was typed before it started, and echoes lines as a terminal does', async () => {
    const { raw } = await visit(
      { command: '/bin/cat', args: [], leave: '\u0004' },
      async (handle, screen) => {
        handle.write('early\r')
        await seen(screen, 'early\r\nearly\r\n')
        handle.leave()
      },
    )
    expect(raw.toString()).toBe('early\r\nearly\r\n')
  })

  it('is told of each new size', async () => {
    const { raw } = await visit({}, async (handle, screen) => {
      await seen(screen, 'ready')
      handle.resize(120, 40)
      await seen(screen, '120x40')
      handle.resize(0, Number.NaN)
      handle.resize(132, 43)
      await seen(screen, '132x43')
      handle.leave()
    })
    expect(raw.toString()).toMatch(/size 120x40.*size 132x43/s)
  })

  it('ends by itself, whatever its exit code says, and keeps the conversation it was resumed with', async () => {
    const { end } = await visit(shell('exit 3'), undefined, { resume: 'c1' })
    expect(end).toMatchObject({ outcome: 'succeeded', exitCode: 3, cliSessionId: 'c1' })
  })

  it('does not go when it is left: it is ended, and was left all the same', async () => {
    const { end } = await visit(STAYS, async (handle, screen) => {
      await seen(screen, 'ready')
      handle.leave()
      handle.leave()
    })
    expect(end).toMatchObject({ outcome: 'succeeded', signal: 'SIGKILL' })
  })

  it('is cancelled, or crashes by a signal', async () => {
    const cancelled = await visit(STAYS, async (handle, screen) => {
      await seen(screen, 'ready')
      handle.cancel('cancelled')
    })
    expect(cancelled.end).toMatchObject({ outcome: 'cancelled', signal: 'SIGKILL' })
    const { end } = await visit(shell('kill -SEGV $$'))
    expect(end).toMatchObject({ outcome: 'crashed', reason: { code: 'run_crashed' } })
  })

  it('ends while much waits to be typed, and nothing is typed after its end', async () => {
    const { end } = await visit(shell('echo ready; sleep 0.3'), async (handle, screen) => {
      await seen(screen, 'ready')
      handle.write('x'.repeat(5_000_000))
      await handle.done
      handle.write('late')
      handle.resize(10, 10)
      handle.leave()
    })
    expect(end.outcome).toBe('succeeded')
  })

  it('says so when the program is missing, or when there is no form for a person', async () => {
    const { end } = await visit({ command: 'no-such-agent' })
    expect(end).toMatchObject({ outcome: 'crashed', reason: { code: 'command_missing' } })
    const runner = stage.runner({ adapter: askingAdapter })
    const none = await stage.play(runner, { agent: 'asking', interactive: { cols: 80, rows: 24 } })
    expect(none.end).toMatchObject({ outcome: 'failed', reason: { code: 'takeover_unsupported' } })
  })
})

describe('a run that works by itself', () => {
  it('takes no keys and no size, and has no person to leave it', async () => {
    const script = 'stty size <&1; sleep 0.3; stty size <&1'
    const agents = { own: { command: '/bin/sh', args: ['-c', script], output: 'text' } }
    const { raw, end } = await stage.play(stage.runner({ agents }), {}, (handle) => {
      handle.write('typed')
      handle.resize(10, 10)
      handle.leave()
    })
    expect(raw.toString()).toBe('50 200\r\n50 200\r\n')
    expect(end.outcome).toBe('succeeded')
  })
})

describe('the token of a run', () => {
  it('is in its environment, and in no argument and no file of ours', async () => {
    const script = `printf %s "$THALOGOS_RUN_TOKEN" > token; tr '\\0' ' ' < /proc/$$/cmdline; until [ -e go ]; do sleep 0.02; done`
    const agents = { own: { command: '/bin/sh', args: ['-c', script], output: 'text' } }
    const mcp = { url: 'http://127.0.0.1:9/mcp', token: 'secret-of-the-run' }
    let files = ''
    const request = { mcp, runId: 'token' }
    const { raw } = await stage.play(stage.runner({ agents }), request, async () => {
      const dir = join(stage.dir, 'runs', 'token')
      await until(() => existsSync(join(stage.worktree, 'token')))
      files = readdirSync(dir)
        .map((name) => readFileSync(join(dir, name), 'utf8'))
        .join()
      writeFileSync(join(stage.worktree, 'go'), '')
    })
    expect(readFileSync(join(stage.worktree, 'token'), 'utf8')).toBe(mcp.token)
    expect(files).toContain('the prompt')
    expect(files + raw.toString()).not.toContain(mcp.token)
  })
})
