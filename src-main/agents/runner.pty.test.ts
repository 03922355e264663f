import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStage, GRACE_MS, type Played, running, type Stage } from './fixture/stage.ts'
import type { RunEnd } from './run-request.ts'

let stage: Stage
let dir = ''
let worktree = ''
beforeEach(() => {
  stage = createStage()
  dir = stage.dir
  worktree = stage.worktree
})
// No test leaves a run's folder behind, whatever it did to the run.
afterEach(() => expect(stage.remove()).toEqual([]))

const setup = (agents: Record<string, object>, env: Record<string, string> = {}) =>
  stage.runner({ agents, env })

const own = (script: string, output: 'json-lines' | 'text' = 'json-lines') => ({
  own: { command: '/bin/sh', args: ['-c', script], output },
})
const OK = `echo '{"type":"result","ok":true,"answer":"done"}'`

async function play(...given: Parameters<Stage['play']>): Promise<Played> {
  const played = await stage.play(...given)
  expect(played.left).toEqual({ ended: 0, left: [] })
  return played
}
const READY = `echo '{"type":"message","text":"ready"}'`

describe('a run', () => {
  it('keeps the bytes, the readable transcript, session, usage and answer', async () => {
    const script = `echo '{"type":"session","id":"s1"}'
      echo '{"type":"message","text":"hello"}'; echo noise; echo oops >&2
      echo '{"type":"usage","inputTokens":5,"outputTokens":7,"costUsd":0.25}'; ${OK}`
    const { end, items, raw, transcript } = await play(setup(own(script)))
    expect(end).toMatchObject({
      outcome: 'succeeded',
      exitCode: 0,
      cliSessionId: 's1',
      usage: { inputTokens: 5, outputTokens: 7, costUsd: 0.25 },
      answer: 'done',
      leftovers: 0,
    })
    expect(items).toEqual([
      { kind: 'message', text: 'hello' },
      { kind: 'raw', text: 'noise' },
    ])
    expect(raw.toString()).toMatch(/^\{"type":"session","id":"s1"\}\r\n.*noise\r\n.*"done"\}\r\n$/s)
    expect(transcript).toBe(
      'hello\r\n\u001b[2mnoise\u001b[0m\r\n\u001b[2moops\u001b[0m\r\n\u001b[1m— succeeded\u001b[0m\r\n',
    )
  })

  it('runs on a real terminal of its own, in its folder, with standard input from a file', async () => {
    const script = `pwd; tty <&1; tty </dev/tty; [ -t 0 ] || echo input is no terminal; stty size <&1`
    const { items } = await play(setup(own(script, 'text')))
    // Lines that come together are one message.
    const said = items.flatMap((item) => ('text' in item ? (item.text?.split('\n') ?? []) : []))
    expect(said[0]).toBe(worktree)
    expect(said[1]).toMatch(/^\/dev\/pts\/\d+$/)
    expect(said.slice(2)).toEqual(['/dev/tty', 'input is no terminal', '50 200'])
  })

  it('hands on an environment of listed variables only', async () => {
    const agents = {
      own: { command: '/usr/bin/env', args: ['-0'], env: { OWN: 'wert' } },
    }
    const secret = { AWS_SECRET_ACCESS_KEY: 'x', OPENAI_API_KEY: 'y', NODE_OPTIONS: '--inspect' }
    const env = { LC_TIME: 'C', HTTPS_PROXY: 'http://127.0.0.1:9', ...secret }
    const { raw, runId } = await play(setup(agents, env))
    const names = raw.toString().split('\0').filter(Boolean).sort()
    expect(names).toEqual(
      [
        `HOME=${dir}`,
        'HTTPS_PROXY=http://127.0.0.1:9',
        'LC_TIME=C',
        'OWN=wert',
        `PATH=${process.env['PATH']}`,
        'TERM=xterm-256color',
        `THALOGOS_RUN=${runId}`,
      ].sort(),
    )
  })

  it.runIf(process.platform === 'linux')('holds no terminal of another run', async () => {
    const other = setup(own(`${READY}; sleep 600`))
    let seen = ''
    await play(other, {}, async (handle, items) => {
      await running(items)
      const script = 'for f in /proc/self/fd/*; do readlink $f; done; ls -l /proc/$$/fd'
      seen = (await play(setup(own(script, 'text')))).raw.toString()
      handle.cancel('cancelled')
    })
    expect(seen).toMatch(/\/dev\/pts\/\d+/)
    expect(seen).not.toContain('ptmx')
  })

  it('gets a prompt of 100 KB intact, which is in no argument and gone afterwards', async () => {
    const prompt = `${'0123456789äöü€😀\n'.repeat(5_000)}no line feed at the end`
    expect(prompt.length).toBeGreaterThan(80_000)
    const script = `cat > got; tr '\\0' ' ' < /proc/$$/cmdline > argv; ls -l /proc/$$/fd/0 > where; stat -L -c %a /proc/$$/fd/0 > mode; ${OK}`
    const { end } = await play(setup(own(script)), { prompt })
    expect(end.outcome).toBe('succeeded')
    expect(readFileSync(join(worktree, 'got'), 'utf8')).toBe(prompt)
    expect(readFileSync(join(worktree, 'mode'), 'utf8')).toBe('600\n')
    expect(readFileSync(join(worktree, 'argv'), 'utf8')).not.toContain('0123456789')
    const file = readFileSync(join(worktree, 'where'), 'utf8').split('-> ')[1]?.trim() ?? ''
    expect(file).toContain('/runs/')
    expect(existsSync(file)).toBe(false)
  })

  it('gives the prompt as a file to a command that wants one', async () => {
    const agents = {
      own: { command: '/bin/sh', args: ['-c', 'cat "$1"; cat', 'sh', '{promptFile}'] },
    }
    expect((await play(setup(agents))).end.answer).toBe('the prompt')
  })

  it('is the same run when it is started twice at once', async () => {
    const runner = setup(own(`echo x >> count; ${OK}`))
    const runId = randomUUID()
    const [first, second] = await Promise.all([play(runner, { runId }), play(runner, { runId })])
    expect(second.end).toEqual(first.end)
    expect(readFileSync(join(worktree, 'count'), 'utf8')).toBe('x\n')
  })

  it('takes a listener that throws as the listener’s own trouble', async () => {
    const runner = setup(own(OK))
    const fails = () => {
      throw new Error('listener')
    }
    const request = { runId: randomUUID(), agent: 'own', worktree, prompt: '', timeoutMs: 9_000 }
    const end = await runner.start(request, { started: fails, item: fails, session: fails }).done
    expect(end.outcome).toBe('succeeded')
  })
})

describe('a run that goes wrong', () => {
  it('has a command that is missing, or a folder that is', async () => {
    const { end } = await play(setup({ own: { command: 'no-such-agent' } }))
    expect(end).toMatchObject({ outcome: 'crashed', reason: { code: 'command_missing' } })
    expect(end.reason?.message).toContain('command not found: no-such-agent')
    const gone = await play(setup(own(OK)), { worktree: join(dir, 'gone') })
    expect(gone.end).toMatchObject({ outcome: 'crashed', reason: { code: 'run_crashed' } })
  })

  it('names an agent that does not exist', async () => {
    const { end } = await play(setup({}), { agent: 'nobody' })
    expect(end).toMatchObject({ outcome: 'crashed', reason: { code: 'agent_unknown' } })
  })

  it('crashes at once, and its last words are quoted', async () => {
    const { end } = await play(setup(own('echo "cannot \u001b[31mopen\u001b[0m it" >&2; exit 7')))
    expect(end).toMatchObject({ outcome: 'crashed', exitCode: 7, reason: { code: 'run_crashed' } })
    expect(end.reason?.message).toContain('exit code 7')
    expect(end.reason?.message).toContain('Its last words: cannot open it')
  })

  it('is ended by a signal, or ends with zero and without a closing event', async () => {
    const killed = await play(setup(own(`${READY}; kill -9 $$`)))
    expect(killed.end).toMatchObject({ outcome: 'crashed', signal: 'SIGKILL' })
    expect(killed.end.exitCode).toBeUndefined()
    expect((await play(setup(own(READY)))).end).toMatchObject({ outcome: 'crashed', exitCode: 0 })
  })

  it('fails by its own word though the exit code is zero, and succeeds though it is not', async () => {
    const failed = await play(setup(own(`echo '{"type":"result","ok":false,"message":"429"}'`)))
    expect(failed.end).toMatchObject({ outcome: 'failed', reason: { code: 'rate_limited' } })
    expect((await play(setup(own(`${OK}; exit 3`)))).end).toMatchObject({ outcome: 'succeeded' })
  })

  it('answers with more than anybody reads', async () => {
    const text = own(`head -c 20000000 /dev/zero | tr '\\0' x; echo; echo the end`, 'text')
    const { end } = await play(setup(text))
    expect(end.answer?.length).toBeLessThanOrEqual(64 * 1024)
    expect(end.answer).toMatch(/the end$/)
    const long = `printf '{"type":"result","ok":true,"answer":"'; head -c 1000000 /dev/zero | tr '\\0' x; echo '"}'`
    expect((await play(setup(own(long)))).end.answer).toHaveLength(256 * 1024)
  })

  it('prints a megabyte on one line', async () => {
    const script = `printf '{"type":"message","text":"'; head -c 1000000 /dev/zero | tr '\\0' x; echo '"}'; ${OK}`
    const { end, items, raw } = await play(setup(own(script)))
    expect(end.outcome).toBe('succeeded')
    expect(raw.length).toBe(
      1_000_000 + '{"type":"message","text":""}\r\n'.length + OK.length - 'echo '.length,
    )
    const [item] = items
    expect(item?.kind === 'message' && item.text.length).toBeLessThan(20_000)
  })

  it('prints invalid UTF-8 and zero bytes, which are kept as they came', async () => {
    const { end, items, raw } = await play(
      setup(
        own(
          `printf '\\377\\376bad\\0\\200\\n'; printf '{"type":"message","text":"\\303"}\\n'; ${OK}`,
        ),
      ),
    )
    expect(end.outcome).toBe('succeeded')
    expect(raw.subarray(0, 7)).toEqual(Buffer.from([0xff, 0xfe, 0x62, 0x61, 0x64, 0x00, 0x80]))
    expect(items).toEqual([
      { kind: 'raw', text: '\ufffd\ufffdbad\ufffd' },
      { kind: 'message', text: '\ufffd' },
    ])
  })

  it('prints ten megabytes and ends: no byte is lost, and the events are bounded', async () => {
    const line = '0123456789'.repeat(10)
    const script = `yes ${line} | head -c 10100000`
    const { end, items, raw } = await play(setup(own(`${script}; ${OK}`)))
    expect(end.outcome).toBe('succeeded')
    // 100,000 lines of 100 characters; the terminal makes CR LF of each line feed.
    const printed = Buffer.from(`${line}\r\n`.repeat(100_000))
    expect(raw.subarray(0, printed.length).equals(printed)).toBe(true)
    expect(items.length).toBe(10_001)
  })

  it('never ends: its time is up', async () => {
    const { end } = await play(setup(own(`${READY}; while :; do sleep 1; done`)), {
      timeoutMs: 300,
    })
    expect(end).toMatchObject({ outcome: 'timed_out', reason: { code: 'run_timed_out' } })
  })

  it('still succeeds when its success arrives after the time was up', async () => {
    const script = `trap '${OK.replaceAll("'", `'"'"'`)}; exit 1' INT; while :; do sleep 0.05; done`
    // Long enough for a busy machine to have set the trap.
    const { end } = await play(setup(own(script)), { timeoutMs: 2_000 })
    expect(end).toMatchObject({ outcome: 'succeeded', exitCode: 1 })
  })

  it('leaves children in other sessions, which are found and ended', async () => {
    const script = `setsid sleep 600 & nohup sleep 601 >/dev/null 2>&1 &
      (setsid sh -c 'sleep 602 & sleep 603' &) ; sleep 0.2; ${OK}`
    const { end } = await play(setup(own(script)))
    expect(end.outcome).toBe('succeeded')
    expect(end.leftovers).toBeGreaterThanOrEqual(3)
  })

  it.runIf(process.platform === 'linux')(
    'leaves a child in its group that cleared its environment',
    async () => {
      const script = `env -i /bin/sh -c 'trap "" HUP; echo $$ > pid; exec sleep 604' & sleep 0.2; ${OK}`
      await play(setup(own(script)))
      const pid = Number(readFileSync(join(worktree, 'pid'), 'utf8'))
      await sleep(100)
      // Gone, or ended and waiting to be collected by a first process that is in no hurry.
      const line = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
      expect(line).toBe('')
    },
  )

  it('cannot be recorded: it is stopped, and says why', () => {
    // A limit on file sizes is a disk that is full at four kilobytes.
    const script = `
      import { createAgents, createRunner } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
      import { configSchema } from ${JSON.stringify(join(import.meta.dirname, '../../src-shared/contract/index.ts'))}
      import { silentLog, systemClock } from ${JSON.stringify(join(import.meta.dirname, '../base/index.ts'))}
      const config = configSchema.parse({ agents: { own: { command: '/bin/sh', args: ['-c', 'yes'] } } })
      const agents = createAgents({ config, resourcesDir: '/', log: silentLog })
      const runner = createRunner({ agents, dir: ${JSON.stringify(dir)}, artifacts: { adopt: async () => 'h' }, clock: systemClock, log: silentLog, graceMs: ${GRACE_MS} })
      const sink = { started() {}, item() {}, session() {} }
      const request = { runId: 'limited', agent: 'own', worktree: '/', prompt: 'p', timeoutMs: 20000 }
      console.log(JSON.stringify(await runner.start(request, sink).done))`
    const file = join(dir, 'limited.mjs')
    writeFileSync(file, script)
    const line = `ulimit -f 8; exec "${process.execPath}" "${file}"`
    const end = JSON.parse(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })) as RunEnd
    expect(end).toMatchObject({ outcome: 'crashed', reason: { code: 'internal' } })
    expect(end.reason?.message).toContain('EFBIG')
  })
})

describe('cancelling a run', () => {
  it('before it started: nothing is run', async () => {
    const { end } = await play(setup(own(`touch started; ${OK}`)), {}, (handle) =>
      handle.cancel('cancelled'),
    )
    expect(end).toMatchObject({ outcome: 'cancelled', reason: { code: 'run_cancelled' } })
    expect(existsSync(join(worktree, 'started'))).toBe(false)
  })

  it.each([0, 5, 20, 40, 80])('%i ms after its start', async (ms) => {
    const { end } = await play(setup(own('sleep 600')), {}, async (handle) => {
      await sleep(ms)
      handle.cancel('cancelled')
    })
    expect(end.outcome).toBe('cancelled')
  })

  it('while it works, with what it printed kept; as interrupted it is no wish of the user', async () => {
    for (const why of ['cancelled', 'interrupted'] as const) {
      const { end, raw } = await play(
        setup(own(`${READY}; sleep 600`)),
        {},
        async (handle, items) => {
          await running(items)
          handle.cancel(why)
        },
      )
      expect(end).toMatchObject({ outcome: why, signal: 'SIGINT', reason: { code: `run_${why}` } })
      expect(raw.toString()).toContain('ready')
    }
  })

  it('ends one that ignores SIGINT and SIGTERM, with all it started', async () => {
    const script = `trap '' INT TERM HUP; setsid sleep 600 & ${READY}; while :; do sleep 1; done`
    const { end } = await play(setup(own(script)), {}, async (handle, items) => {
      await running(items)
      handle.cancel('cancelled')
      handle.cancel('cancelled')
    })
    expect(end).toMatchObject({ outcome: 'cancelled', signal: 'SIGKILL' })
  })

  it('keeps a success that was said before an interruption, not one that the user cancelled', async () => {
    for (const [why, outcome] of [
      ['interrupted', 'succeeded'],
      ['cancelled', 'cancelled'],
    ] as const) {
      const { end } = await play(
        setup(own(`${OK}; ${READY}; sleep 600`)),
        {},
        async (handle, items) => {
          await running(items)
          handle.cancel(why)
        },
      )
      expect(end.outcome).toBe(outcome)
    }
  })

  it('after its end: nothing changes', async () => {
    const { end } = await play(setup(own(OK)), {}, async (handle) => {
      await handle.done
      handle.cancel('cancelled')
    })
    expect(end.outcome).toBe('succeeded')
  })

  it('all at once, when the runner closes', async () => {
    const runner = setup(own(`${READY}; sleep 600`))
    let ready = 0
    const ends = ['a', 'b', 'c'].map((runId) =>
      play(runner, { runId }, async (_handle, items) => {
        await running(items)
        ready += 1
        if (ready === 3) await runner.close()
      }),
    )
    const outcomes = (await Promise.all(ends)).map(({ end }) => end.outcome)
    expect(outcomes).toEqual(['interrupted', 'interrupted', 'interrupted'])
  })
})

describe.runIf(process.platform === 'linux')('a process that cleared its environment', () => {
  it('ends with the run when it stayed in the worktree', async () => {
    const pidFile = join(dir, 'escaped')
    const escaped = `setsid env -i PATH="$PATH" sh -c 'echo $$ > ${pidFile}; exec sleep 600' &`
    const script = `${escaped} while [ ! -s ${pidFile} ]; do sleep 0.05; done; ${OK}`
    const { end } = await play(setup(own(script)))
    expect(end).toMatchObject({ outcome: 'succeeded', leftovers: 1 })
    expect(existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}/cwd`)).toBe(false)
  })
})

describe('recovering', () => {
  it('ends what an earlier process left running, and keeps what it had printed', async () => {
    const runs = join(dir, 'runs', 'lost')
    mkdirSync(runs, { recursive: true })
    writeFileSync(join(runs, 'raw.log'), 'half a l')
    writeFileSync(join(runs, 'prompt'), 'secret')
    const env = { PATH: process.env['PATH'] ?? '', THALOGOS_RUN: 'lost' }
    execFileSync('/bin/sh', ['-c', 'setsid sleep 600 >/dev/null 2>&1 &'], { env })
    const remains = await setup({}).recover(['lost', 'never-seen'])
    expect(remains).toEqual([
      { runId: 'lost', leftovers: 1, raw: expect.stringMatching(/./), transcript: '' },
      { runId: 'never-seen', leftovers: 0, raw: '', transcript: '' },
    ])
    const kept = readFileSync(join(dir, 'artifacts', remains[0]?.raw ?? ''), 'utf8')
    expect(kept).toBe('half a l')
  })
})

describe('files of a run', () => {
  it('are its user’s alone while it lasts', async () => {
    const program = join(dir, 'agent')
    writeFileSync(program, `#!/bin/sh\nstat -c %a "$0" >/dev/null; ${READY}; sleep 0.3; ${OK}\n`)
    chmodSync(program, 0o755)
    let modes: string[] = []
    const runner = setup({ own: { command: program, output: 'json-lines' } })
    await play(runner, { runId: 'private' }, async (_handle, items) => {
      await running(items)
      const home = join(dir, 'runs', 'private')
      const paths = [home, ...readdirSync(home).map((name) => join(home, name))]
      modes = paths.map((path) => (statSync(path).mode & 0o777).toString(8))
    })
    expect(modes).toEqual(['700', '600', '600', '600', '600'])
  })
})
