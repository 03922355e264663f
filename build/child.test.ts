import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { capture, tail } from './child.mjs'

const CHILD = resolve('build/child.mjs')

/** A parent that hands over to a child which tells what reaches it. */
function start(script: string, { channel = true, npm = false } = {}) {
  const code = `
    import { handOver } from ${JSON.stringify(CHILD)}
    const { code } = await handOver(process.execPath, ['-e', ${JSON.stringify(script)}], {
      channel: ${channel}, cwd: process.cwd(), env: process.env,
    })
    process.exitCode = code`
  const line = [process.execPath, '--input-type=module', '-e', code]
  // A shell that waits stands for npm.
  const [file = '', ...args] = npm ? ['/bin/sh', '-c', '"$@"; exit', 'npm', ...line] : line
  const parent = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: npm ? 'start' : undefined },
  })
  let text = ''
  parent.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) await sleep(10)
  }
  const ended = new Promise<number | null>((done) => {
    parent.on('close', done)
  })
  return { parent, until, ended, text: () => text }
}

const TELLING = `
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.stdout.write(name + '.'))
  process.on('disconnect', () => { process.stdout.write('orphan.'); process.exit(0) })
  process.stdin.on('data', (text) => {
    process.stdout.write('read ' + text)
    if (String(text) === 'end') process.exit(7)
  })
  process.stdout.write('ready.')`

describe('handOver', () => {
  it('passes input, output and the exit code', async () => {
    const { parent, until, ended } = start(TELLING)
    await until('ready.')
    parent.stdin.write('end')
    expect(await ended).toBe(7)
  })

  it('passes one Ctrl-C once, though npm sends it again, and waits for the child', async () => {
    const { parent, until, ended, text } = start(TELLING)
    await until('ready.')
    parent.kill('SIGINT')
    await sleep(30)
    parent.kill('SIGINT')
    await until('SIGINT.')
    await sleep(400)
    expect(text()).toBe('ready.SIGINT.')
    parent.kill('SIGINT')
    await until('SIGINT.SIGINT.')
    parent.kill('SIGTERM')
    await until('SIGTERM.')
    parent.stdin.write('end')
    expect(await ended).toBe(7)
  })

  it('lets the child know when the parent was killed', async () => {
    const { parent, until } = start(TELLING)
    await until('ready.')
    parent.kill('SIGKILL')
    await until('orphan.')
  })

  it('asks the child once to stop when npm was killed', async () => {
    const script = `
      process.on('SIGTERM', () => {
        process.stdout.write('SIGTERM.')
        setTimeout(() => process.exit(), 1_500)
      })
      process.stdout.write('ready.')
      setTimeout(() => process.exit(), 10_000)`
    const { parent, until, ended, text } = start(script, { npm: true })
    await until('ready.')
    parent.kill('SIGKILL')
    await ended
    expect(text()).toBe('ready.SIGTERM.')
  })

  it('answers a death by signal as a shell does', async () => {
    const { ended } = start(`process.kill(process.pid, 'SIGKILL')`, { channel: false })
    expect(await ended).toBe(137)
  })
})

describe('capture', () => {
  it('collects what a command prints and whether it succeeded', async () => {
    const script = `process.stdout.write('a'); process.stderr.write('b'); process.exit(3)`
    const { ok, output } = await capture(process.execPath, ['-e', script])
    expect([ok, [...output].sort()]).toEqual([false, ['a', 'b']])
    expect((await capture(process.execPath, ['-e', ''])).ok).toBe(true)
  })

  it('says when there is no such command, and ends one that takes too long', async () => {
    expect((await capture('/no/such/command', [])).output).toContain('ENOENT')
    const started = Date.now()
    const script = 'setInterval(() => {}, 1000)'
    expect((await capture(process.execPath, ['-e', script], { timeoutMs: 300 })).ok).toBe(false)
    expect(Date.now() - started).toBeLessThan(20_000)
  })
})

describe('tail', () => {
  it('keeps the end, where the reason stands', () => {
    expect(tail(`${'x'.repeat(100_000)}\nthe reason\n`)).toMatch(/\n {4}the reason$/)
    expect(tail('x'.repeat(100_000)).length).toBeLessThan(10_000)
  })
})
