import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useHome } from './program/home.ts'
import { initRepository } from './program/repository.ts'
import { watchTerminal } from './program/watch-terminal.ts'

const place = useHome()

const task = (id: string, line: string) => ({
  id,
  title: `Task ${id}`,
  prompt: `${line}\nexit 0\n`,
})

/** `run --save` of two tasks that ask, on a repository without checks, with a shell as the agent. */
function askingRun() {
  const repository = initRepository(place.home, join(place.dir, 'repo'))
  repository.write('a.txt', 'a\n')
  repository.git('add', '-A')
  repository.git('commit', '-qm', 'first')
  const plan = join(place.dir, 'plan.json')
  const tasks = [task('one', 'ln -s /etc/hosts one'), task('two', 'ln -s /etc/passwd two')]
  writeFileSync(plan, JSON.stringify({ tasks }))
  const config = join(place.dir, 'config.json')
  const shell = { command: '/bin/sh', args: ['-s'] }
  writeFileSync(config, JSON.stringify({ agents: { shell, codex: { enabled: false } } }))
  const data = join(place.dir, 'data')
  const options = [
    '--repo',
    repository.dir,
    '--plan',
    plan,
    '--config',
    config,
    '--data',
    data,
    '--save',
  ]
  return { args: ['run', ...options, 'Make two links'], repository }
}

/** Allows every link, and answers `save` when it is asked whether to save unchecked. */
const answering =
  (save: string) => (lines: string[], write: (keys: string, once: string) => void) => {
    const asked = lines.filter((line) => line.startsWith('Allow it?'))
    const last = lines.findLast((line) => line.trim() !== '') ?? ''
    if (last.startsWith('Allow it?')) write('y\r', `allow ${asked.length}`)
    if (last.startsWith('Save it unchecked?')) write(`${save}\r`, 'save')
  }

describe('questions at a terminal', () => {
  it('are asked one after the other, and once more before Save is unchecked', async () => {
    const { args, repository } = askingRun()
    const { end, terminal } = await watchTerminal(args, place.home, answering('y'))
    expect(end).toEqual({ exitCode: 0, signal: null })
    expect(terminal.lines().find((line) => line.startsWith('✓ saved main'))).toBeDefined()
    expect(repository.git('ls-files').split('\n')).toEqual(['a.txt', 'one', 'two'])
  })

  it('leave everything as it was when the answer is no', async () => {
    const { args, repository } = askingRun()
    const { end } = await watchTerminal(args, place.home, answering(''))
    expect(end).toEqual({ exitCode: 3, signal: null })
    expect(repository.git('ls-files')).toBe('a.txt')
  })
})
