import { describe, expect, it } from 'vitest'
import { parseCommandLine } from './command-line.ts'
import { createRecordedScreen } from './fixture/scripted-orchestrator.ts'

async function parse(...args: string[]) {
  const { screen, out, notes } = createRecordedScreen()
  const parsed = await parseCommandLine(args, { screen, version: '1.2.3' })
  return { result: 'job' in parsed ? 'job' : parsed.exitCode, out, notes }
}

describe('parseCommandLine', () => {
  it.each([
    ['run', '--repo', '.', 'goal'],
    [
      'run',
      '--repo',
      '.',
      '--agent',
      'a',
      '--agent',
      'b',
      '--save',
      '--allow-unchecked',
      '--trust',
      '--json',
      'goal',
    ],
    [
      'run',
      '--repo',
      '.',
      '--plan',
      'p.json',
      '--config',
      'c.json',
      '--data',
      'd',
      '--',
      '-goal that begins with a dash',
    ],
    ['demo', '--data', 'd'],
    ['serve', '--port', '0', '--json'],
    ['doctor'],
  ])('understands %s %s %s', async (...args) => {
    expect((await parse(...args)).result).toBe('job')
  })

  it.each([
    [[]],
    [['nothing']],
    [['run', 'goal']],
    [['run', '--repo', '.']],
    [['run', '--repo', '.', 'goal', 'another']],
    [['run', '--repo', '.', '--no-such', 'goal']],
    [['serve', '--port', '70000']],
    [['serve', '--port', '80x']],
    [['demo', 'extra']],
  ])('answers the mistake %j with 2 and points to the help', async (args) => {
    const { result, notes, out } = await parse(...args)
    expect(result).toBe(2)
    expect(notes.join('\n')).toMatch(/--help|Usage/)
    expect(out).toEqual([])
  })

  it('says help and version on standard output with 0', async () => {
    expect(await parse('--version')).toMatchObject({ result: 0, out: ['1.2.3'] })
    const help = await parse('run', '--help')
    expect(help.result).toBe(0)
    expect(help.out.join('\n')).toContain('--allow-unchecked')
  })
})
