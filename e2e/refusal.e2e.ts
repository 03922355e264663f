import { afterEach, describe, expect, it } from 'vitest'
import { processesOf } from './program/processes.ts'
import { fingerprint } from './program/repository.ts'
import { createStage, readEvents, type Stage } from './program/stage.ts'

const GOAL = 'Count to four'

let stage: Stage
afterEach(() => stage.close())

describe('Save refused', () => {
  it('ends with 3 and changes nothing; the same command saves once the way is free', async () => {
    stage = await createStage([
      {
        when: 'prompt-b',
        steps: [
          { run: "printf '# Proben\\n\\nVier.\\n' > README.md; echo vier > werke/viertes.txt" },
          { say: 'Four.' },
        ],
      },
    ])
    const { repository } = stage
    const plan = stage.plan([{ id: 'b', title: 'Count', prompt: 'prompt-b' }])
    const command = ['--plan', plan, '--save', '--trust', GOAL]
    repository.write('README.md', '# Proben\n\nNot committed yet.\n')
    repository.write('werke/viertes.txt', 'an untracked file of the user\n')
    repository.write(
      'check.sh',
      `${repository.read('check.sh')}# a change that is in nobody's way\n`,
    )
    const before = fingerprint(repository.dir)

    const refused = await stage.run(...command)
    expect(refused.code).toBe(3)
    expect(refused.stdout).toContain('3 uncommitted changes of yours stay out of it')
    expect(refused.stdout).toContain('1 of 1 task integrated')
    expect(refused.stdout).not.toContain('saved main')
    for (const words of [
      '(files_in_the_way)',
      'README.md',
      'werke/viertes.txt',
      'Nothing was changed: branch, files, index and stash are as they were.',
      'Commit, move or stash the files named, then try again.',
    ]) {
      expect(refused.stderr).toContain(words)
    }
    expect(refused.stderr).not.toContain('check.sh')
    expect(fingerprint(repository.dir)).toEqual(before)
    expect(processesOf(stage.dir)).toEqual([])

    const asked = stage.service.requests.length
    repository.git('stash', 'push', '-q', '--include-untracked', '--', 'README.md', 'werke')
    const saved = await stage.run(...command, '--json')
    expect(saved).toMatchObject({ code: 0, stderr: '' })
    expect(readEvents(saved.stdout).of('checkpoint.saved')).toHaveLength(1)
    expect(stage.service.requests).toHaveLength(asked)
    expect(repository.read('werke/viertes.txt')).toBe('vier\n')
    // What was in nobody's way is as the user left it.
    expect(repository.git('status', '--porcelain')).toBe(' M check.sh')
  })

  it('because nobody trusted the check: it did not run, and saving unchecked has to be said', async () => {
    stage = await createStage([
      { when: 'prompt-b', steps: [{ run: ': > werke/leer.txt' }, { say: 'Empty.' }] },
    ])
    const { git } = stage.repository
    const base = git('rev-parse', 'main')
    const plan = stage.plan([{ id: 'b', title: 'Write nothing', prompt: 'prompt-b' }])
    const command = ['--plan', plan, '--save', GOAL]
    const refused = await stage.run(...command)
    expect(refused.code).toBe(3)
    expect(refused.stdout).toContain('unchecked')
    expect(refused.stderr).toContain('(save_unchecked)')
    expect(stage.stored('SELECT * FROM evidence')).toEqual([])
    expect(git('rev-parse', 'main')).toBe(base)

    const allowed = await stage.run(...command, '--allow-unchecked')
    expect(allowed.code).toBe(0)
    expect(git('for-each-ref', '--format=%(contents)', 'refs/tags/thalogos')).toContain('unchecked')
  })
})
