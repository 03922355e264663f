import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCommandRunner } from './command.ts'

const signal = new AbortController().signal
function scratch() {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'thalogos-command-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const environment = () => ({ PATH: process.env['PATH'] ?? '' })
  const command = createCommandRunner({ environment, dir: join(dir, 'commands') })
  const run = (line: string, more: object = {}) =>
    command.run({ line, cwd: dir, timeoutSeconds: 20, signal, ...more })
  return { dir, command, run }
}

describe('a command', () => {
  it('says how it ended: by a code, by a signal as shells count it, or because its time was up', async () => {
    const { run } = scratch()
    expect(await run('echo last words; exit 3')).toMatchObject({
      exitCode: 3,
      summary: 'ended with 3: last words',
    })
    expect(await run('kill -SEGV $$')).toMatchObject({
      exitCode: 139,
      summary: 'ended with SIGSEGV',
    })
    const slow = await run("trap 'exit 0' TERM; sleep 20 & wait", { timeoutSeconds: 0.3 })
    expect(slow).toMatchObject({
      exitCode: null,
      aborted: false,
      summary: 'did not end within 0.3 s',
    })
  })

  it('that is aborted has no code', async () => {
    const { run } = scratch()
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 200)
    const end = await run("trap 'exit 0' TERM; sleep 20 & wait", { signal: controller.signal })
    expect(end).toMatchObject({ exitCode: null, aborted: true })
  })

  it.runIf(process.platform === 'linux')(
    'cut off by a kill is ended at the next start, also what shed its marker',
    async () => {
      const { dir, command } = scratch()
      const cwd = join(dir, 'folder')
      mkdirSync(cwd)
      mkdirSync(join(dir, 'commands', 'a-marker'), { recursive: true })
      writeFileSync(join(dir, 'commands', 'a-marker', 'cwd'), cwd)
      const stray = spawn('/bin/sleep', ['60'], { cwd, env: {}, detached: true, stdio: 'ignore' })
      const ended = once(stray, 'exit')
      await command.recover()
      expect((await ended)[1]).toBe('SIGKILL')
    },
  )
})
