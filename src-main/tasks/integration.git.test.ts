import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { silentLog, systemClock } from '../base/index.ts'
import { createEvents } from '../events/index.ts'
import { createGit, openMirror, openRepository } from '../git/index.ts'
import { openStorage, type SessionRow } from '../storage/index.ts'
import { createIntegration } from './integration.ts'

const ENV = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
const must = <T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T => {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** A session whose integration branch stands at `base`; `side` and `ahead` are two commits on it. */
async function scratch() {
  const dir = mkdtempSync(join(tmpdir(), 'thalogos-integration-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const root = join(dir, 'repo')
  mkdirSync(root)
  const raw = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, env: ENV, encoding: 'utf8' }).trim()
  const commit = (name: string) => {
    writeFileSync(join(root, name), name)
    raw('add', '-A')
    raw('-c', 'user.name=U', '-c', 'user.email=u@example.invalid', 'commit', '-qm', name)
    return raw('rev-parse', 'HEAD')
  }
  raw('init', '-q', '-b', 'main')
  const base = commit('base')
  const ahead = commit('ahead')
  raw('checkout', '-q', '-b', 'side', base)
  const side = commit('side')
  const git = must(await createGit({ log: silentLog }))
  const repository = must(await openRepository(git, root))
  const mirror = await openMirror(git, { dir: join(dir, 'm.git'), repository })
  const storage = must(openStorage({ dir: join(dir, 'data'), clock: systemClock, log: silentLog }))
  onTestFinished(() => storage.close())
  const events = createEvents({ storage, clock: systemClock, log: silentLog })
  const at = systemClock.now()
  const session: SessionRow = {
    id: 's',
    projectId: 'p',
    goal: 'G',
    state: 'active',
    target: 'main',
    base,
    integrationBranch: 'session/s/integration',
    integrationHead: base,
    digest: '',
    projectConfig: {
      checks: [],
      worktree: { copy: [], setupTimeoutSeconds: 1 },
    } as unknown as SessionRow['projectConfig'],
    trusted: false,
    agents: [],
    createdAt: at,
    updatedAt: at,
  }
  events.commit((tables) => {
    tables.projects.insert({ id: 'p', path: root, name: 'repo', createdAt: at })
    tables.sessions.insert(session)
  })
  const branch = (to: string) =>
    execFileSync('git', [
      '--git-dir',
      join(dir, 'm.git'),
      'update-ref',
      `refs/heads/${session.integrationBranch}`,
      to,
    ])
  branch(base)
  const integration = createIntegration({ events, clock: systemClock })
  return { place: { mirror, session }, integration, events, branch, ahead, side }
}

it('moves the branch and its row, and owns the commit that the merge made', async () => {
  const { place, integration, events, ahead, side } = await scratch()
  const first = must(await integration.merge(place, { theirs: ahead, subject: 'One' }))
  expect(first).toMatchObject({ to: ahead, made: false })
  await integration.advance(place, first, { kind: 'target_merge' })
  expect(events.read.commits.get(ahead)).toBeUndefined()
  const second = must(await integration.merge(place, { theirs: side, subject: 'Two' }))
  await integration.advance(place, second, { kind: 'target_merge' })
  expect(await integration.head(place)).toBe(second.to)
  expect(events.read.sessions.get('s')?.integrationHead).toBe(second.to)
  expect(events.read.commits.get(second.to)?.kind).toBe('target_merge')
})

it('refuses to move a branch that is elsewhere, and knows the merge as ours all the same', async () => {
  const { place, integration, events, branch, ahead, side } = await scratch()
  branch(ahead)
  const step = must(await integration.merge(place, { theirs: side, subject: 'Two' }))
  branch(side)
  await expect(integration.advance(place, step, { kind: 'target_merge' })).rejects.toThrow('moved')
  expect(await integration.head(place)).toBe(side)
  expect(events.read.sessions.get('s')?.integrationHead).not.toBe(step.to)
  expect(events.read.commits.get(step.to)?.kind).toBe('target_merge')
  expect(events.since(0)).toEqual([])
})
