import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createWorld,
  SHELL,
  shellTask as task,
  type World,
  type WorldOptions,
} from './fixture/world.ts'

let world: World
const open = async (options?: WorldOptions) => {
  world = await createWorld(options)
  return world
}
afterEach(() => world.close())

const states = (session: { tasks: { key: string; state: string }[] }) =>
  Object.fromEntries(session.tasks.map(({ key, state }) => [key, state]))
const CHECKED = { checks: [{ name: 'good', run: '! grep -rn BAD src' }] }

describe('tasks from plan to integration', () => {
  it('integrates parallel tasks and one that needs them, from the head of that moment', async () => {
    const { work, parts, git } = await open()
    const session = await work([
      task('a', 'mkdir -p src; echo a > src/a.txt'),
      task('b', 'mkdir -p src; echo b > src/b.txt'),
      task('c', 'cat src/a.txt src/b.txt > src/c.txt', { needs: ['a', 'b'] }),
    ])
    expect(session.state).toBe('awaiting_review')
    expect(states(session)).toEqual({ a: 'integrated', b: 'integrated', c: 'integrated' })
    const show = (path: string) => world.mirror('show', `${session.integration.head}:${path}`)
    expect(show('src/c.txt')).toBe('a\nb')
    expect(git('log', '--oneline')).not.toContain('Integrate')
    expect(parts.events.read.runs.bySession(session.id)).toHaveLength(3)
    expect(world.errors).toEqual([])
  })

  it('puts author, committer and trailers on each task commit', async () => {
    const { work } = await open()
    const session = await work([task('a', 'echo a > a.txt')])
    const said = world.mirror(
      'log',
      '-1',
      '--format=%an <%ae>%n%cn <%ce>%n%(trailers)',
      session.tasks[0]?.commit ?? '',
    )
    expect(said.split('\n')).toEqual([
      'shell <shell@agents.thalogos.invalid>',
      'Sample User <user@example.invalid>',
      `Session: ${session.id}`,
      `Task: ${session.tasks[0]?.id}`,
      'Agent: shell',
      'Supervised-by: Thalogos',
    ])
  })

  it('sends red checks back to the same worktree with the log, and integrates what was mended', async () => {
    const { work } = await open({ project: CHECKED })
    const session = await work([
      task(
        'a',
        'mkdir -p src\nif [ -f src/a.txt ]; then echo good > src/a.txt; else echo BAD > src/a.txt; fi',
      ),
    ])
    expect(states(session)).toEqual({ a: 'integrated' })
    const [only] = session.tasks
    expect(only?.runs.map(({ cause }) => cause)).toEqual(['first', 'check_failed'])
    expect(only?.evidence.map(({ exitCode }) => exitCode)).toEqual([1, 0])
  })

  it('gives up after two repairs, keeps the work, and takes a retry', async () => {
    const { work, parts, rest } = await open({ project: CHECKED })
    const session = await work([task('a', 'mkdir -p src\necho BAD $$ > src/a.txt')])
    const [failed] = session.tasks
    expect(failed).toMatchObject({ state: 'failed', reason: { code: 'checks_failed' } })
    expect(failed?.runs.map(({ cause }) => cause)).toEqual([
      'first',
      'check_failed',
      'check_failed',
    ])
    expect(failed?.commit).toBeDefined()
    expect(parts.tasks.retry(failed?.id ?? '').ok).toBe(true)
    const again = await rest(session.id)
    expect(again.tasks[0]?.runs.at(3)?.cause).toBe('asked')
  })

  it('gives a failed task to another agent, with a fresh worktree, at most twice', async () => {
    const { work } = await open({
      agents: { codex: { enabled: false }, shell: SHELL, other: SHELL },
    })
    const session = await work([
      { id: 'a', title: 'Fails', prompt: 'echo x > left.txt\nexit 3\n', agent: 'shell' },
      task('b', '[ ! -f left.txt ] && echo fine > fine.txt'),
    ])
    const [failed, fine] = session.tasks
    expect(failed).toMatchObject({ state: 'failed', reason: { code: 'run_failed' } })
    expect(failed?.runs.map(({ agent, cause }) => `${agent} ${cause}`)).toEqual([
      'shell first',
      'other agent_failed',
      'shell agent_failed',
    ])
    expect(fine?.state).toBe('integrated')
  })

  it('says so when an agent reports "done" and changed nothing', async () => {
    const { work } = await open()
    const session = await work([task('a', 'echo all done')])
    expect(session.tasks[0]).toMatchObject({ state: 'failed', reason: { code: 'no_change' } })
    expect(session.tasks[0]?.commit).toBeUndefined()
  })

  it('lets a review change nothing', async () => {
    const { work } = await open()
    const session = await work([task('a', 'echo looks fine', { kind: 'review' })])
    expect(states(session)).toEqual({ a: 'integrated' })
  })

  it('stops a conflicting task, keeps both sides, and goes on with the rest', async () => {
    const { work, parts, rest } = await open()
    const session = await work([
      task('a', 'echo one > README.md'),
      task('b', 'sleep 0.3; echo two > README.md; echo b > b.txt', {}),
      task('c', 'echo c > c.txt'),
      task('d', 'echo d > d.txt', { needs: ['b'] }),
    ])
    expect(session.state).toBe('awaiting_review')
    const lost = session.tasks.find(({ state }) => state === 'conflicted')
    expect(lost?.reason).toMatchObject({
      code: 'merge_conflict',
      message: 'both sides changed README.md',
    })
    expect(lost?.commit).toBeDefined()
    expect(session.tasks.find(({ key }) => key === 'c')?.state).toBe('integrated')
    expect(parts.tasks.retry(lost?.id ?? '').ok).toBe(true)
    const again = await rest(session.id)
    expect(again.tasks.every(({ state }) => state === 'integrated')).toBe(true)
  })

  it('calls it conflicted when two green tasks are red together', async () => {
    const { work } = await open({
      project: { checks: [{ name: 'few', run: '[ $(ls src | wc -l) -lt 2 ]' }] },
    })
    const session = await work([
      task('a', 'mkdir -p src; echo a > src/a.txt'),
      task('b', 'mkdir -p src; echo b > src/b.txt'),
    ])
    expect(Object.values(states(session)).sort()).toEqual(['conflicted', 'integrated'])
    const lost = session.tasks.find(({ state }) => state === 'conflicted')
    expect(lost?.reason?.code).toBe('merged_checks_failed')
  })

  it('blocks what needs a failed task, and lets it go on when that one is retried', async () => {
    const { work, parts, rest, dir } = await open()
    const flag = join(dir, 'flag')
    const session = await work([
      { id: 'a', title: 'A', prompt: `[ -f '${flag}' ] || exit 1\necho a > a.txt\nexit 0\n` },
      task('b', 'cat a.txt > b.txt', { needs: ['a'] }),
    ])
    expect(states(session)).toEqual({ a: 'failed', b: 'blocked' })
    expect(session.tasks[1]?.reason).toEqual({ code: 'dependency_failed', message: 'a failed' })
    world.write('../flag', '')
    parts.tasks.retry(session.tasks[0]?.id ?? '')
    expect(states(await rest(session.id))).toEqual({ a: 'integrated', b: 'integrated' })
  })

  it('runs the setup where each agent works, and once where the checks run', async () => {
    const { work, dataDir } = await open({
      project: {
        checks: [{ name: 'installed', run: 'test -f ignored/dep && ! test -f ignored/fake' }],
        worktree: { setup: 'mkdir -p ignored; echo x > ignored/dep; pwd >> ../../../setups' },
      },
    })
    const session = await work([
      task('a', 'test -f ignored/dep && echo a > a.txt; echo > ignored/fake'),
      task('b', 'echo b > b.txt', { needs: ['a'] }),
    ])
    expect(states(session)).toEqual({ a: 'integrated', b: 'integrated' })
    const setups = readFileSync(join(dataDir, 'setups'), 'utf8').trim().split('\n')
    const below = (folder: string) => setups.filter((path) => path.includes(`/data/${folder}/`))
    expect([below('worktrees').length, below('verify').length]).toEqual([2, 1])
  })

  it('fails the task when the setup fails, with its last words', async () => {
    const { work } = await open({
      project: { worktree: { setup: 'echo no network >&2; exit 7' } },
    })
    const session = await work([task('a', 'echo a > a.txt')])
    expect(session.tasks[0]?.reason).toEqual({
      code: 'setup_failed',
      message: 'echo no network >&2; exit 7: ended with 7: no network',
    })
  })

  it('runs nothing of a repository that is not trusted', async () => {
    const { work, dataDir } = await open({
      project: {
        checks: [{ name: 'evil', run: 'touch ../../../never' }],
        worktree: { setup: 'touch ../../../never', copy: ['.env'] },
      },
    })
    const session = await work([task('a', 'echo a > a.txt')], { trust: false })
    expect(states(session)).toEqual({ a: 'integrated' })
    expect(session.tasks[0]?.evidence).toEqual([])
    expect(existsSync(join(dataDir, 'never'))).toBe(false)
    expect(existsSync(join(dataDir, 'verify'))).toBe(false)
  })

  it('asks before it commits a link that leaves the tree: allowed goes on, denied fails', async () => {
    const { work, parts, rest } = await open()
    const session = await work([
      task('a', 'ln -s /etc/passwd link; echo a > a.txt'),
      task('b', 'ln -s /etc/hosts other; echo b > b.txt'),
      task('c', 'echo c > c.txt'),
    ])
    expect(session.state).toBe('awaiting_review')
    expect(states(session)).toEqual({ a: 'reported', b: 'reported', c: 'integrated' })
    const asked = parts.events.read.approvals.open(session.id)
    expect(asked).toHaveLength(2)
    const answer = (key: string, decision: 'allow' | 'deny') => {
      const id = session.tasks.find((one) => one.key === key)?.id
      const approval = asked.find(({ taskId }) => taskId === id)
      return parts.tasks.decide(approval?.id ?? '', { decision })
    }
    expect(answer('a', 'allow').ok).toBe(true)
    expect(answer('b', 'deny').ok).toBe(true)
    const second = answer('b', 'allow')
    expect(!second.ok && second.error.code).toBe('illegal_move')
    const settled = await rest(session.id)
    expect(states(settled)).toEqual({ a: 'integrated', b: 'failed', c: 'integrated' })
    expect(settled.tasks[1]?.reason?.code).toBe('content_denied')
  })

  it('stops what plants a nested repository or a filter, and is not moved by a hook', async () => {
    const { work, dir } = await open()
    const canary = join(dir, 'canary')
    const hook = `printf '#!/bin/sh\\ntouch "${canary}"\\n'`
    const session = await work([
      task('nested', 'mkdir inner; git init -q inner; echo x > inner/x'),
      task(
        'filter',
        `git config filter.evil.clean 'touch "${canary}"; cat'\necho '*.txt filter=evil' > .gitattributes\necho text > a.txt`,
      ),
      task(
        'hooks',
        [
          'mkdir -p .git/hooks',
          `for name in post-commit pre-commit post-checkout reference-transaction; do ${hook} > .git/hooks/$name; done`,
          'chmod +x .git/hooks/*',
          `git config core.fsmonitor 'touch "${canary}"'`,
          'echo text > b.txt',
        ].join('\n'),
      ),
    ])
    const outcome = session.tasks.map(({ state, reason }) => reason?.code ?? state)
    expect(outcome).toEqual(['embedded_repository', 'lfs_unsupported', 'integrated'])
    expect(existsSync(canary)).toBe(false)
  })

  it('answers in the chat once all rests', async () => {
    const { work, parts } = await open()
    const session = await work([task('a', 'echo a > a.txt'), task('b', 'exit 1')])
    const texts = parts.events.read.messages
      .list(session.id)
      .map(({ author, text }) => `${author}: ${text}`)
    expect(texts[0]).toBe('user: A goal')
    expect(texts[1]).toContain('1 of 2 tasks are integrated')
    expect(texts).toHaveLength(2)
  })
})
