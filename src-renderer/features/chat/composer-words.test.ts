import { describe, expect, it } from 'vitest'
import { completions, readSaid } from './composer-words.ts'

const AGENTS = ['codex', 'claude']

describe('what the user wrote', () => {
  it('is a word to all, unless it begins with an order or an agent', () => {
    expect(readSaid(' Use tabs. ', AGENTS)).toEqual({ deed: 'say', text: 'Use tabs.' })
    expect(readSaid('mail me at a@codex.com', AGENTS)).toMatchObject({ deed: 'say' })
    expect(readSaid('@nobody do it', AGENTS)).toMatchObject({ deed: 'say' })
  })

  it('is a task for the agent it begins with', () => {
    const task = {
      deed: 'delegate',
      title: 'Mend the test',
      prompt: 'Mend the test. It is flaky.',
      agent: 'codex',
    }
    expect(readSaid('@codex Mend the test. It is flaky.', AGENTS)).toEqual(task)
    expect(readSaid('/delegate @codex Mend the test. It is flaky.', AGENTS)).toEqual(task)
    const { agent: _, ...anyone } = task
    expect(readSaid('/delegate Mend the test. It is flaky.', AGENTS)).toEqual(anyone)
  })

  it('has a title of one line, however long it is', () => {
    const said = readSaid(`/delegate ${'word '.repeat(100)}`, AGENTS)
    expect(said).toMatchObject({ title: expect.stringMatching(/^.{79}…$/) })
  })

  it('is an order, or one that is not known', () => {
    expect(readSaid('/pause', AGENTS)).toEqual({ deed: 'pause' })
    expect(readSaid('/finish the login page', AGENTS)).toMatchObject({ deed: 'unknown' })
    expect(readSaid('/fly', AGENTS)).toEqual({ deed: 'unknown', word: '/fly' })
    expect(readSaid('/delegate', AGENTS)).toEqual({ deed: 'unknown', word: '/delegate' })
  })
})

it('offers orders only at the beginning, and agents everywhere', () => {
  const words = (text: string) => completions(text, AGENTS).map(({ word }) => word)
  expect(words('/r')).toEqual(['/rollback', '/resume'])
  expect(words('see src/r')).toEqual([])
  expect(words('ask @c')).toEqual(['@codex', '@claude'])
  expect(words('@codex ')).toEqual([])
})
