import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** A user's repository, set up and looked at with raw git. */
export interface UserRepository {
  dir: string
  git(...args: string[]): string
  write(path: string, content: string): void
  read(path: string): string
}

export const USER = 'Sample User <user@example.invalid>'

// Reading must not refresh the user's index: the tests compare it byte for byte.
const environment = (home: string) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  LANG: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_OPTIONAL_LOCKS: '0',
})

/** Raw git in a folder. */
export function rawGit(home: string, dir: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'core.quotePath=false', ...args], {
    cwd: dir,
    env: environment(home),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  }).trimEnd()
}

/** An empty repository on `main` with the user's identity. */
export function initRepository(home: string, dir: string): UserRepository {
  mkdirSync(dir, { recursive: true })
  const git: UserRepository['git'] = (...args) => rawGit(home, dir, ...args)
  git('init', '-q', '-b', 'main')
  git('config', 'user.name', 'Sample User')
  git('config', 'user.email', 'user@example.invalid')
  return {
    dir,
    git,
    write(path, content) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), content)
    },
    read: (path) => readFileSync(join(dir, path), 'utf8'),
  }
}

const CHECK = `# Every work has content, and the token of the ignored file is there.
grep -q '^TOKEN=' .env || { echo 'no token'; exit 3; }
for file in werke/*; do
  test -s "$file" || { echo "empty: $file"; exit 1; }
  echo "read $file"
done
`

/**
 * A repository that has been lived in: history with a merge and a tag, another branch, a stash, a remote
 * with what was fetched from it, hooks that would leave a trace, ignored files, names with spaces and
 * non-ASCII letters; `main` is checked out and clean. `hookTrace` is what a hook that ran leaves behind.
 */
export function createLivedInRepository(
  home: string,
  dir: string,
): UserRepository & { hookTrace: string } {
  const repository = initRepository(home, dir)
  const { git, write } = repository
  const hookTrace = join(home, 'a-hook-ran')
  write('README.md', '# Proben\n\nEins.\n')
  write('.gitignore', '.env\nnode_modules/\n*.log\n')
  write('.thalogos.json', project({ run: 'sh check.sh' }))
  write('check.sh', CHECK)
  write('werke/erstes stück.txt', 'eins\n')
  git('add', '-A')
  git('commit', '-qm', 'First')
  git('switch', '-qc', 'side/größe')
  write('alt.txt', 'old\n')
  git('add', '-A')
  git('commit', '-qm', 'Add what is old')
  git('switch', '-q', 'main')
  write('werke/zweites.txt', 'zwei\n')
  git('add', '-A')
  git('commit', '-qm', 'Second')
  git('merge', '-q', '--no-ff', '--no-edit', 'side/größe')
  git('tag', '-am', 'as released', 'v1.0')
  write('README.md', 'not finished\n')
  git('stash', 'push', '-q', '-m', 'for later')
  git('remote', 'add', 'origin', 'https://git.example.invalid/proben.git')
  git('update-ref', 'refs/remotes/origin/main', 'main~1')
  write('.env', 'TOKEN=of the user\n')
  write('node_modules/a dependency/index.js', 'module.exports = 1\n')
  write('debug.log', 'a line\n')
  for (const hook of ['pre-commit', 'post-checkout', 'post-merge', 'reference-transaction']) {
    write(`.git/hooks/${hook}`, `#!/bin/sh\necho ${hook} >> '${hookTrace}'\n`)
    chmodSync(join(dir, '.git/hooks', hook), 0o755)
  }
  settleIndex(repository)
  return { ...repository, hookTrace }
}

/**
 * As after a look with git some time after the last edit: no file is as young as the index, which would
 * make git doubt what the index says about it ("racy git").
 */
function settleIndex({ dir, git }: UserRepository): void {
  const earlier = Date.now() / 1_000 - 3_600
  for (const path of git('ls-files').split('\n')) utimesSync(join(dir, path), earlier, earlier)
  git('update-index', '-q', '--really-refresh')
}

/** `.thalogos.json` with one check; the ignored `.env` is copied to where work is done. */
const project = ({ run }: { run: string }) =>
  `${JSON.stringify({ target: 'main', checks: [{ name: 'works', run }], worktree: { copy: ['.env'] } }, null, 2)}\n`

/** Every entry below `root` with kind, mode and content: equal prints mean that nothing changed. */
export function fingerprint(root: string, skip: readonly RegExp[] = []): Record<string, string> {
  const prints: Record<string, string> = {}
  const visit = (folder: string) => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`
      if (skip.some((pattern) => pattern.test(path))) continue
      const info = lstatSync(join(root, path))
      if (info.isDirectory()) visit(path)
      else prints[path] = printOf(join(root, path), info.isSymbolicLink(), info.mode)
    }
  }
  visit('')
  return prints
}

const printOf = (path: string, isLink: boolean, mode: number): string =>
  isLink
    ? `link ${readlinkSync(path)}`
    : `${(mode & 0o7777).toString(8)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
