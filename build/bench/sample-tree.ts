import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { silentLog } from '../../src-main/base/index.ts'
import { createGit, type Mirror, openMirror, openRepository } from '../../src-main/git/index.ts'

// The tree of the measures in question: 10,000 files, 59 MB, in 500 folders.
const FILES = 10_000
const BYTES = 5_900
const FILES_A_FOLDER = 20

/** Git as a person runs it, to set up what is measured. */
export function rawGit(cwd: string, ...args: string[]): string {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'bench',
    GIT_AUTHOR_EMAIL: 'bench@example.invalid',
    GIT_COMMITTER_NAME: 'bench',
    GIT_COMMITTER_EMAIL: 'bench@example.invalid',
  }
  return execFileSync('git', ['-c', 'gc.auto=0', ...args], { cwd, env, encoding: 'utf8' }).trim()
}

export function scratchFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'thalogos-bench-')))
}

/** The path of file `i` of the sample. */
export const samplePath = (i: number): string =>
  `src/part${Math.floor(i / FILES_A_FOLDER) % 25}/folder${Math.floor(i / FILES_A_FOLDER)}/file${i}.ts`

/** A repository with one commit of the sample tree on `main`. Text that packs about as source does. */
export function makeSampleRepository(dir: string): string {
  const root = join(dir, 'repository')
  mkdirSync(root)
  rawGit(root, 'init', '-q', '-b', 'main')
  for (let i = 0; i < FILES; i += 1) {
    const file = join(root, samplePath(i))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, sampleText(i))
  }
  rawGit(root, 'add', '-A')
  rawGit(root, 'commit', '-q', '-m', 'sample')
  // A clone of any age is packed; ten thousand loose objects would measure the disk's lookups.
  rawGit(root, 'gc', '-q')
  return root
}

/** The mirror of a sample repository, beside it in `dir`. */
export async function openSampleMirror(dir: string, root: string): Promise<Mirror> {
  const git = await createGit({ log: silentLog })
  if (!git.ok) throw new Error(git.error.message)
  const repository = await openRepository(git.value, root)
  if (!repository.ok) throw new Error(repository.error.message)
  return openMirror(git.value, { dir: join(dir, 'mirror.git'), repository: repository.value })
}

/** Milliseconds. */
export async function timed(work: () => unknown): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

function sampleText(seed: number): string {
  let state = seed * 2_654_435_761 + 1
  const lines: string[] = []
  let length = 0
  while (length < BYTES) {
    // A linear congruential generator: the same text on every machine.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const line = `  const value${state % 997} = compute(${state.toString(36)}, 'text ${state % 89}')\n`
    lines.push(line)
    length += line.length
  }
  return lines.join('').slice(0, BYTES)
}
