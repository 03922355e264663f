import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { launchLine } from './launch.ts'
import { endMarked, findMarked, parsePs } from './leftovers.ts'
import { type ProcessRequest, runProcess } from './process.ts'

const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' }
const shell = (line: string): Pick<ProcessRequest, 'command' | 'args'> => ({
  command: '/bin/sh',
  args: ['-c', line],
})

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-process-'))
})
afterEach(() => {
  rmSync(dir, { recursive: true })
})
const run = (request: Partial<ProcessRequest> & Pick<ProcessRequest, 'command' | 'args'>) =>
  runProcess({ cwd: dir, env, ...request })

describe('runProcess', () => {
  it('gives exit code, both streams and the folder it ran in', async () => {
    const end = await run(shell('pwd; echo bad >&2; exit 3'))
    expect(end).toMatchObject({ exitCode: 3, signal: null, timedOut: false, missing: false })
    expect(end.output.toString()).toContain(`${dir}\n`)
    expect(end.output.toString()).toContain('bad\n')
  })

  it('ends by the signal that ended the command', async () => {
    expect(await run(shell('kill -9 $$'))).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  })

  it('tells a missing command from a shell that found none', async () => {
    expect(await run({ command: 'no-such-command', args: [] })).toMatchObject({ missing: true })
    expect(await run(shell('no-such-command'))).toMatchObject({ exitCode: 127, missing: false })
  })

  it('tells a file that cannot be executed and one whose interpreter is missing', async () => {
    const plain = join(dir, 'plain')
    writeFileSync(plain, 'text')
    expect(await run({ command: plain, args: [] })).toMatchObject({ missing: true, exitCode: 126 })
    const orphan = join(dir, 'orphan')
    writeFileSync(orphan, '#!/no/such/interpreter\n')
    chmodSync(orphan, 0o755)
    expect(await run({ command: orphan, args: [] })).toMatchObject({ missing: true, exitCode: 126 })
  })

  it('runs a script without a first line as a shell would', async () => {
    const script = join(dir, 'script')
    writeFileSync(script, 'echo "$1"\n')
    chmodSync(script, 0o755)
    expect((await run({ command: script, args: ['a b'] })).output.toString()).toBe('a b\n')
  })

  it('says so when the folder is missing, and does not call the command missing', async () => {
    const end = await run({ ...shell('true'), cwd: join(dir, 'gone') })
    expect(end).toMatchObject({ exitCode: 125, missing: false })
    expect(end.output.toString()).toContain('ENOENT')
  })

  it('hands on exactly the environment it was given, variables of Node included', async () => {
    const given = {
      ...env,
      NODE_OPTIONS: '--no-such-option',
      A: 'ä\nb',
      EMPTY: '',
      THALOGOS_RUN: 'm',
    }
    const end = await run({ command: '/usr/bin/env', args: ['-0'], env: given })
    expect(end.output.toString().split('\0').filter(Boolean).sort()).toEqual(
      Object.entries(given)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    )
  })

  it('lets the command yield to whoever started it, and to no less than that', async () => {
    const print = 'process.stdout.write(String(os.getPriority()))'
    const end = await run({ command: process.execPath, args: ['-e', print] })
    expect(Number(end.output)).toBeGreaterThan(getPriority())
    // The session of the caller keeps its weight, where the kernel has such (Linux, sched_autogroup_enabled).
    const group = existsSync('/proc/self/autogroup') ? '/proc/self/autogroup' : '/dev/null'
    expect(readFileSync(group, 'utf8')).not.toMatch(/nice [1-9]/)
  })

  it('has an empty standard input', async () => {
    expect((await run(shell('cat; echo end'))).output.toString()).toBe('end\n')
  })

  it('keeps the beginning and the end of a long output', async () => {
    const end = await run(shell('echo first; yes 0123456789 | head -c 3000000; echo; echo last'))
    expect(end.output.length).toBeLessThan(1024 * 1024 + 100)
    expect(end.output.toString()).toMatch(/^first\n.*… \d+ bytes left out ….*last\n$/s)
  })

  it('leaves signals as a program expects them', async () => {
    const end = await run({ command: '/bin/grep', args: ['SigIgn\\|SigBlk', '/proc/self/status'] })
    const masks = [...end.output.toString().matchAll(/Sig\w+:\s*([0-9a-f]+)/g)]
    expect(masks).toHaveLength(2)
    // SIGPIPE (13) and SIGXFSZ (25) are what Node ignores for itself.
    for (const mask of masks) expect(BigInt(`0x${mask[1]}`) & 0x1001000n).toBe(0n)
  })

  it('ends a command that ignores SIGTERM when its time is up, children included', async () => {
    const marker = randomUUID()
    const end = await run({
      ...shell("trap '' TERM INT; sleep 600 & while :; do sleep 1; done"),
      env: { ...env, THALOGOS_RUN: marker },
      // Long enough for a busy machine to have set the trap.
      timeoutMs: 2_000,
    })
    expect(end).toMatchObject({ timedOut: true, aborted: false, signal: 'SIGKILL' })
    expect(await findMarked(marker)).toEqual([])
  })

  it('stops when its caller gives up, before or after the start', async () => {
    const early = await run({ ...shell('sleep 600'), signal: AbortSignal.abort() })
    expect(early).toMatchObject({ aborted: true, signal: 'SIGTERM' })
    const late = await run({ ...shell('sleep 600'), signal: AbortSignal.timeout(300) })
    expect(late).toMatchObject({ aborted: true, timedOut: false, signal: 'SIGTERM' })
  })

  it('ends what a command left behind in another session, though it holds the pipe', async () => {
    const marker = randomUUID()
    const end = await run({
      ...shell('setsid sleep 600 & nohup sleep 601 & (sleep 602 &) ; echo done'),
      env: { ...env, THALOGOS_RUN: marker },
    })
    expect(end).toMatchObject({ exitCode: 0, timedOut: false })
    expect(await findMarked(marker)).toEqual([])
  })
})

describe.runIf(process.platform === 'linux')('the launcher', () => {
  it('closes every descriptor above 2 that leaked into it', () => {
    const leak = openSync('/dev/null', 'r')
    const line = launchLine({ command: '/bin/ls', args: ['/proc/self/fd'], cwd: '/', env: {} })
    const listed = (file: string, args: readonly string[], with_: Record<string, string>) =>
      execFileSync(file, args, { env: with_, stdio: ['ignore', 'pipe', 'inherit', leak, leak] })
        .toString()
        .trim()
        .split('\n')
    // `ls` itself opens one for the listing; the first line shows that the leak is real without the launcher.
    expect(listed('/bin/ls', ['/proc/self/fd'], {})).toContain('5')
    expect(listed(line.file, line.args, line.env)).toEqual(['0', '1', '2', '3'])
    closeSync(leak)
  })
})

describe.runIf(process.platform === 'linux')('what cleared its environment', () => {
  const slipAway = (line: string) => `setsid env -i PATH="$PATH" sh -c '${line}' >/dev/null 2>&1 &`
  const pidsIn = (file: string) => readFileSync(file, 'utf8').trim().split('\n').map(Number)
  const isThere = (pid: number) => existsSync(`/proc/${pid}/environ`) && processState(pid) !== 'Z'
  const processState = (pid: number) =>
    readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.[0]
  const waitFor = (file: string) => `while [ ! -s ${file} ]; do sleep 0.05; done`

  it('goes with the command that owns the folder it stayed in, and its own children with it', async () => {
    const pids = join(dir, 'pids')
    const child = 'sleep 600 & echo $! >> pids; cd sub; exec sleep 601'
    const line = `mkdir sub; ${slipAway(`echo $$ >> pids; ${child}`)} ${waitFor('pids')}; sleep 0.3`
    expect(await run({ ...shell(line), ownsFolder: true })).toMatchObject({ exitCode: 0 })
    expect(pidsIn(pids)).toHaveLength(2)
    expect(pidsIn(pids).filter(isThere)).toEqual([])
  })

  it('stays where the folder is not said to be the command’s alone', async () => {
    await run(shell(`${slipAway('echo $$ > pids; exec sleep 600')} ${waitFor('pids')}`))
    const [pid = 0] = pidsIn(join(dir, 'pids'))
    expect(isThere(pid)).toBe(true)
    expect(await endMarked(randomUUID(), dir)).toEqual({ ended: 1, left: [] })
  })

  it('spares neighbours of the same name, and whoever is behind a link put in the folder’s place', async () => {
    const folder = join(dir, 'run')
    const [beside, elsewhere] = [join(dir, 'run-2'), join(dir, 'else')]
    for (const path of [beside, elsewhere]) mkdirSync(path)
    const sleepers = [beside, elsewhere].map((cwd) =>
      spawn('sleep', ['600'], { cwd, detached: true }),
    )
    symlinkSync(elsewhere, folder)
    expect(await endMarked(randomUUID(), folder)).toEqual({ ended: 0, left: [] })
    for (const child of sleepers) {
      expect(child.signalCode).toBe(null)
      child.kill('SIGKILL')
    }
    expect(await findMarked(randomUUID(), '/')).toEqual([])
  })

  it('spares this process and its ancestors', async () => {
    const file = join(dir, 'inside.mjs')
    writeFileSync(
      file,
      `import { endMarked } from ${JSON.stringify(join(import.meta.dirname, 'leftovers.ts'))}
      console.log(JSON.stringify(await endMarked('m', process.cwd())))`,
    )
    // The shell is the ancestor: it stands in the folder and outlives the look.
    const end = await run(shell(`"${process.execPath}" inside.mjs; echo alive`))
    expect(end.output.toString()).toBe('{"ended":0,"left":[]}\nalive\n')
  })
})

describe('endMarked', () => {
  it('ends those that carry exactly the marker and nobody else', async () => {
    const marker = randomUUID()
    const sleeper = (value: string) =>
      spawn('sleep', ['600'], { env: { ...env, THALOGOS_RUN: value }, stdio: 'ignore' })
    const mine = [sleeper(marker), sleeper(marker)]
    const others = [sleeper(`${marker}x`), sleeper('other')]
    const gone = mine.map((child) => new Promise((resolve) => child.once('exit', resolve)))
    expect(await endMarked(marker)).toEqual({ ended: 2, left: [] })
    await Promise.all(gone)
    expect(others.map((child) => child.signalCode)).toEqual([null, null])
    for (const child of others) child.kill('SIGKILL')
  })

  it('never ends this very process', async () => {
    const marker = randomUUID()
    const script = `
      import { endMarked } from ${JSON.stringify(join(import.meta.dirname, 'leftovers.ts'))}
      console.log(JSON.stringify(await endMarked('${marker}')))`
    const file = join(dir, 'self.mjs')
    writeFileSync(file, script)
    const end = await run({
      command: process.execPath,
      args: [file],
      env: { ...env, THALOGOS_RUN: marker },
    })
    expect(JSON.parse(end.output.toString())).toEqual({ ended: 0, left: [] })
  })

  it('finds none for a marker nobody carries, and refuses an empty one', async () => {
    expect(await endMarked(randomUUID())).toEqual({ ended: 0, left: [] })
    await expect(endMarked('')).rejects.toThrow('empty marker')
  })

  it('reads the lines of ps where there is no /proc', () => {
    const text = [
      '  501 Mon Nov  3 10:11:12 2025 /bin/sleep 600 PATH=/bin THALOGOS_RUN=abc HOME=/u',
      '  502 Mon Nov  3 10:11:13 2025 /bin/sleep 600 THALOGOS_RUN=abcd',
      '  503 Mon Nov  3 10:11:13 2025 /bin/sleep 600',
      'garbage',
    ].join('\n')
    expect(parsePs(text, 'abc')).toEqual([{ pid: 501, started: 'Mon Nov  3 10:11:12 2025' }])
  })
})
