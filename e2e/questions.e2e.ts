import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useHome } from './program/home.ts'
import { createShellProject, shellTask } from './program/shell-agent.ts'
import { watchTerminal } from './program/watch-terminal.ts'

const place = useHome()

/** `run --save` of two tasks that ask, on a repository without checks, with a shell as the agent. */
function askingRun() {
  const project = createShellProject(place)
  const tasks = [
    shellTask('one', 'ln -s /etc/hosts one'),
    shellTask('two', 'ln -s /etc/passwd two'),
  ]
  const options = ['--config', project.config, '--data', join(place.dir, 'data'), '--save']
  return {
    args: [...project.run('Make two links', tasks), ...options],
    repository: project.repository,
  }
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

/** An agent that asks for each line of its prompt through our own tools, and keeps the answers. */
const ASKER = `
import { appendFileSync, readFileSync } from 'node:fs'
const { url } = JSON.parse(readFileSync(process.env.GATEWAY, 'utf8'))
const commands = readFileSync(0, 'utf8').split('\\n').filter((line) => line.startsWith('do: '))
for (const line of commands) {
  const given = { tool_name: 'Bash', input: { command: line.slice(4) } }
  const params = { name: 'approve', arguments: given }
  const response = await fetch(url + '/mcp', {
    method: 'POST',
    headers: {
      authorization: 'Bearer ' + process.env.THALOGOS_RUN_TOKEN,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  })
  const data = (await response.text()).split('\\n').filter((line) => line.startsWith('data: '))
  const { result } = data.map((line) => JSON.parse(line.slice(6))).find(({ id }) => id === 1)
  appendFileSync(process.env.ANSWERS, result.content[0].text + '\\n')
}
appendFileSync('asked.txt', 'asked\\n')
`

describe('what an agent wants to do', () => {
  it('is allowed once or for the session, or denied with a word, by the person at the terminal', async () => {
    const { run, config } = createShellProject(place)
    const [script, answers] = [join(place.dir, 'asker.mjs'), join(place.dir, 'answers')]
    const data = join(place.dir, 'data')
    writeFileSync(script, ASKER)
    const { agents } = JSON.parse(readFileSync(config, 'utf8'))
    const env = { GATEWAY: join(data, 'gateway.json'), ANSWERS: answers }
    const asker = { command: process.execPath, args: [script], env }
    writeFileSync(
      config,
      JSON.stringify({ agents: { ...agents, asker, shell: { enabled: false } } }),
    )
    const wishes = ['npm ci', 'npm test', 'npm test', 'rm -rf build']
    const task = shellTask('one', wishes.map((wish) => `do: ${wish}`).join('\n'))
    const typed = ['y', 's', 'n']
    const { end, terminal } = await watchTerminal(
      [...run('Ask', [task]), '--config', config, '--data', data],
      place.home,
      (lines, write) => {
        const asked = lines.filter((line) => line.startsWith('Allow it?')).length
        const last = lines.findLast((line) => line.trim() !== '') ?? ''
        if (last.startsWith('Allow it?')) write(`${typed[asked - 1]}\r`, `answer ${asked}`)
        if (last.startsWith('A word to the agent')) write('Leave it.\r', 'word')
      },
    )
    expect(end, terminal.lines().join('\n')).toEqual({ exitCode: 0, signal: null })
    const given = readFileSync(answers, 'utf8').trim().split('\n')
    expect(given.map((line) => JSON.parse(line))).toEqual([
      { behavior: 'allow', updatedInput: { command: 'npm ci' } },
      { behavior: 'allow', updatedInput: { command: 'npm test' } },
      { behavior: 'allow', updatedInput: { command: 'npm test' } },
      { behavior: 'deny', message: 'Leave it.' },
    ])
    const questions = terminal.lines().filter((line) => line.includes(' wants to run: '))
    expect(questions.map((line) => line.split(': ').at(-1))).toEqual([
      'npm ci',
      'npm test',
      'rm -rf build',
    ])
  })
})
