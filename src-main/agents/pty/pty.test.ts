import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runProcess } from '../../base/index.ts'
import { spawnPty } from './pty.ts'

const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' }
const start = (script: string) => {
  const pty = spawnPty({ file: '/bin/sh', args: ['-c', script], env, cols: 80, rows: 24 })
  const chunks: Buffer[] = []
  pty.onData((chunk) => chunks.push(chunk))
  const end = new Promise((resolve) => pty.onExit(resolve))
  return { pty, end, text: () => Buffer.concat(chunks).toString('latin1') }
}

describe('a terminal', () => {
  it('gives bytes, and then how it ended', async () => {
    const { end, text } = start("printf '\\377\\n'; exit 4")
    expect(await end).toEqual({ exitCode: 4, signal: null })
    expect(text()).toBe('\u00ff\r\n')
  })

  it('loses nothing that was printed while it was paused, though the process ended meanwhile', async () => {
    for (const bytes of [1_000, 9_000, 11_000]) {
      const { pty, end, text } = start(`head -c ${bytes} /dev/zero | tr '\\0' x; exit 0`)
      pty.pause()
      await end
      expect(text().length).toBe(bytes)
    }
  })

  it('makes a writer wait while it is paused, and goes on where it was', async () => {
    const { pty, end, text } = start("head -c 2000000 /dev/zero | tr '\\0' x")
    pty.pause()
    await sleep(300)
    expect(text().length).toBeLessThan(200_000)
    pty.resume()
    await end
    expect(text().length).toBe(2_000_000)
  })

  it('takes what is typed, its new size and signals, and ignores them after its end', async () => {
    const script = 'echo ready; read line; echo "got $line"; stty size; kill -STOP $$; sleep 600'
    const { pty, end, text } = start(script)
    while (!text().includes('ready')) await sleep(5)
    pty.resize(120, 40)
    pty.write('typed\r')
    while (!text().includes('40 120')) await sleep(5)
    expect(text()).toContain('got typed')
    pty.signal('SIGKILL')
    expect(await end).toEqual({ exitCode: null, signal: 'SIGKILL' })
    pty.pause()
    pty.resume()
    pty.signal('SIGINT')
    pty.write('late')
    pty.resize(10, 10)
  })

  it('types no more once its program has gone, though much is left to be typed', async () => {
    const { pty, end, text } = start('stty raw -echo; echo ready; sleep 0.2')
    while (!text().includes('ready')) await sleep(5)
    pty.write('x'.repeat(10_000_000))
    const folder = mkdtempSync(join(tmpdir(), 'thalogos-typing-'))
    // Files that are opened all the while: one of them gets the terminal's number as soon as it is free.
    const files: number[] = []
    const path = (n: number) => join(folder, `${n}`)
    let isOver = false
    const over = end.finally(() => {
      isOver = true
    })
    while (!isOver) {
      const length = files.push(openSync(path(files.length), 'w'))
      if (length > 500) closeSync(files[length - 501] ?? -1)
      await new Promise(setImmediate)
    }
    await over
    pty.write('late')
    await sleep(50)
    expect(files.filter((_, n) => statSync(path(n)).size > 0)).toEqual([])
    for (const file of files.slice(-500)) closeSync(file)
    rmSync(folder, { recursive: true })
  })

  it.runIf(process.platform === 'linux')(
    'is out of reach for a check that runs meanwhile',
    async () => {
      const { pty, end } = start('sleep 600')
      const list = ['-l', '/proc/self/fd']
      // Without the launcher a plain child holds the terminal's master: that is what this is about.
      expect(execFileSync('ls', list, { encoding: 'utf8' })).toContain('ptmx')
      const check = await runProcess({ command: 'ls', args: list, cwd: '/', env })
      expect(check.output.toString()).toContain('/proc/')
      expect(check.output.toString()).not.toContain('ptmx')
      pty.signal('SIGKILL')
      await end
    },
  )
})
