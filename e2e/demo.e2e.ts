import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useHome } from './program/home.ts'
import { processesOf } from './program/processes.ts'
import { runProgram } from './program/program.ts'
import { rawGit } from './program/repository.ts'
import { watchTerminal } from './program/watch-terminal.ts'

const place = useHome()

const demo = () => ['demo', '--data', join(place.dir, 'data')]
const TASKS = ['sentences', 'longest-word', 'reading-time', 'report', 'readme']

describe('the demo', () => {
  it('ends with 0 and shows the tag, the log and the lineage of a checkpoint that exists', async () => {
    const ended = await runProgram(['demo', '--data', join(place.dir, 'data')], {
      home: place.home,
    })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const said = ended.stdout
    const repository = /^the repository: (.+)$/m.exec(said)?.[1] ?? ''
    const git = (...args: string[]) => rawGit(place.home, repository, ...args)

    const tag = git('tag', '--list')
    expect(tag).toMatch(/^thalogos\/[a-z0-9]+\/1$/)
    expect(git('cat-file', '-t', tag)).toBe('tag')
    const commit = git('rev-parse', `${tag}^{commit}`)
    expect(commit).toBe(git('rev-parse', 'main'))
    expect(said).toContain(`tag ${tag} → ${commit.slice(0, 10)}`)

    const log = said.slice(said.indexOf('git log main:'))
    for (const line of git('log', '--format=%h%x09%s%x09%an', 'main').split('\n')) {
      const [hash = '', subject = '', author = ''] = line.split('\t')
      expect(log).toMatch(new RegExp(`${hash}.* ${subject}, ${author}$`, 'm'))
    }
    const lineage = said.slice(
      said.indexOf('lineage, newest first:'),
      said.indexOf('git log main:'),
    )
    for (const task of TASKS) expect(lineage).toContain(`[${task}]`)
    expect(lineage).toContain(`(integration, ${tag})`)

    // One first try failed its check and was mended; three agents worked, one task waited for another.
    expect(said).toMatch(/check test red/)
    expect(said).toMatch(/at work \(check failed\)/)
    expect(said).toMatch(/: blocked$/m)
    expect(
      new Set(git('log', '--format=%an', '--no-merges', 'main~~..main').split('\n')).size,
    ).toBeGreaterThan(1)
    expect(git('status', '--porcelain')).toBe('')
    expect(processesOf(place.dir)).toEqual([])
    expect(readdirSync(place.home)).toEqual([])
  })

  it('on a terminal shows a line for each task that changes in place, then the result alone', async () => {
    const { seen, end, terminal } = await watchTerminal(demo(), place.home)
    expect(end).toEqual({ exitCode: 0, signal: null })
    // Each task had one line at any time, and went through its states on it.
    const pictures = seen.map((lines) => lines.filter((line) => /^[·◌○●◔◑◕✓!✗–] /.test(line)))
    const states = new Map(TASKS.map((task) => [task, new Set<string>()]))
    for (const picture of pictures) {
      for (const [task, words] of states) {
        const lines = picture.filter((line) => new RegExp(`^. \\w+ +${task} `).test(line))
        expect(lines.length, picture.join('\n')).toBeLessThanOrEqual(1)
        const word = /^. (\w+)/.exec(lines[0] ?? '')?.[1]
        if (word) words.add(word)
      }
    }
    for (const words of states.values()) {
      expect([...words]).toEqual(expect.arrayContaining(['running', 'integrated']))
    }
    expect(
      seen.some((lines) => lines.some((line) => /[1-4] of 5 tasks integrated · /.test(line))),
    ).toBe(true)
    // Nothing of the live picture is left: no goal line with counts, no task that runs.
    const last = terminal.lines()
    expect(last.filter((line) => / at work|^● running|^○ queued/.test(line))).toEqual([])
    expect(last.filter((line) => line === '5 of 5 tasks integrated')).toHaveLength(1)
    expect(last.find((line) => line.startsWith('✓ saved main → '))).toBeDefined()
  })

  it('is stopped by Ctrl-C on a terminal, once, with 130', async () => {
    const { end, terminal } = await watchTerminal(demo(), place.home, (lines, write) => {
      if (lines.some((line) => line.startsWith('● running'))) write('\u0003')
    })
    expect(end).toEqual({ exitCode: 130, signal: null })
    const last = terminal.lines()
    expect(last.filter((line) => line.startsWith('Interrupted.'))).toHaveLength(1)
    expect(last.filter((line) => /● running/.test(line))).toEqual([])
    expect(processesOf(place.dir)).toEqual([])
    expect(existsSync(join(place.dir, 'data/thalogos.db'))).toBe(true)
  })
})
