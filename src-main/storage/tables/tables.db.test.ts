import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Run, Task } from '../../../src-shared/contract/index.ts'
import { AT, addSample, openScratch, rawDatabase, scratchFolder } from '../fixture/scratch.ts'
import type { TaskRow } from './tasks.ts'

const LATER = '2026-03-02T00:00:00.000Z'
const reason = { code: 'no_change', message: 'nothing' } as const
const noUsage = { inputTokens: 0, outputTokens: 0, costUsd: 0 }

function scratch() {
  const dir = join(scratchFolder(), 'data')
  const storage = openScratch(dir)
  addSample(dir)
  const { read, write } = storage
  return { dir, storage, read, write, raw: rawDatabase(dir) }
}

const task: TaskRow = {
  id: 't2',
  sessionId: 's',
  key: 'b',
  title: 'B "quoted"; \u0000 and 😀',
  prompt: 'do b\r\n',
  kind: 'test',
  state: 'planned',
  needs: ['c', 'a'],
  files: [],
  branch: 'session/s/task/t2',
  createdAt: AT,
  updatedAt: AT,
}

const run: Run = {
  id: 'r2',
  n: 2,
  sessionId: 's',
  agent: 'codex',
  cause: 'first',
  state: 'starting',
  startedAt: AT,
  usage: noUsage,
}

describe('projects', () => {
  it('are found by id and by path, and remember what was trusted', () => {
    const { read, write } = scratch()
    const project = { id: 'p2', path: '/ö x', name: 'ö x', createdAt: AT }
    write((tables) => tables.projects.insert(project))
    expect(read.projects.get('p2')).toEqual(project)
    expect(read.projects.byPath('/ö x')).toEqual(project)
    expect(read.projects.byPath('/other')).toBeUndefined()
    write((tables) => tables.projects.trust('p2', 'abc'))
    expect(read.projects.list().map(({ id, trustedConfig }) => [id, trustedConfig])).toEqual([
      ['p', undefined],
      ['p2', 'abc'],
    ])
  })
})

describe('sessions', () => {
  it('are read as they stand in the table', () => {
    const { read } = scratch()
    expect(read.sessions.get('s')).toEqual({
      id: 's',
      projectId: 'p',
      goal: 'a goal',
      state: 'active',
      target: 'main',
      base: 'c0',
      integrationBranch: 'session/s/integration',
      integrationHead: 'c0',
      digest: 'd',
      projectConfig: {
        checks: [],
        worktree: { copy: [], setupTimeoutSeconds: 1800 },
        policy: { review: [] },
      },
      trusted: true,
      agents: ['codex'],
      createdAt: AT,
      updatedAt: AT,
    })
    expect(read.sessions.list({ projectId: 'p' })).toHaveLength(1)
    expect(read.sessions.list({ projectId: 'other' })).toEqual([])
  })

  it('are changed in the named fields alone; undefined clears one', () => {
    const { read, write } = scratch()
    write(({ sessions }) => sessions.update('s', { state: 'suspended', reason, updatedAt: LATER }))
    expect(read.sessions.get('s')).toMatchObject({ state: 'suspended', reason, goal: 'a goal' })
    write(({ sessions }) => sessions.update('s', { reason: undefined, trusted: false }))
    expect(read.sessions.get('s')).not.toHaveProperty('reason')
    expect(read.sessions.get('s')).toMatchObject({ trusted: false, updatedAt: LATER })
    write(({ sessions }) => sessions.update('s', {}))
  })

  it('of no project, a second of the same id, and a change of none are bugs', () => {
    const { read, write } = scratch()
    const session = read.sessions.get('s')
    if (!session) throw new Error('no sample')
    const insert = (change: object) => () =>
      write(({ sessions }) => sessions.insert({ ...session, id: 's2', ...change }))
    expect(insert({ projectId: 'none' })).toThrow('FOREIGN KEY')
    expect(insert({ id: 's' })).toThrow('UNIQUE')
    expect(insert({ createdAt: 'yesterday' })).toThrow('datetime')
    expect(insert({ state: 'lost' })).toThrow('state')
    expect(() => write(({ sessions }) => sessions.update('none', { trusted: true }))).toThrow(
      'none',
    )
    insert({})()
    expect(read.sessions.list().map(({ id }) => id)).toEqual(['s', 's2'])
  })
})

describe('tasks', () => {
  it('keep the order of the plan and of their needs, which may be written later', () => {
    const { read, write } = scratch()
    write(({ tasks }) => {
      tasks.insert(task)
      tasks.insert({ ...task, id: 't3', key: 'c', needs: [] })
    })
    expect(read.tasks.bySession('s').map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    expect(read.tasks.get('t2')).toEqual(task)
    write(({ tasks }) => tasks.update('t2', { needs: ['a'], reason, commit: 'abc' }))
    expect(read.tasks.get('t2')).toEqual({ ...task, needs: ['a'], reason, commit: 'abc' })
    write(({ tasks }) => tasks.update('t2', { needs: [] }))
    expect(read.tasks.get('t2')?.needs).toEqual([])
  })

  it('are counted by state, and found when they wait, except those of sessions that are over', () => {
    const { read, write } = scratch()
    const session = read.sessions.get('s')
    if (!session) throw new Error('no sample')
    write(({ tasks, sessions }) => {
      tasks.insert({ ...task, needs: ['a'], state: 'failed' })
      sessions.insert({ ...session, id: 'rests', state: 'suspended' })
      tasks.insert({ ...task, id: 't3', sessionId: 'rests', needs: [], state: 'queued' })
      sessions.insert({ ...session, id: 'over', state: 'finalized' })
      tasks.insert({ ...task, id: 't4', sessionId: 'over', needs: [], state: 'queued' })
      tasks.insert({ ...task, id: 't5', key: 'd', needs: [], state: 'queued' })
    })
    expect(read.tasks.counts()).toEqual([
      { session: 'active', state: 'failed', count: 1 },
      { session: 'active', state: 'queued', count: 2 },
      { session: 'suspended', state: 'queued', count: 1 },
    ])
    expect(read.tasks.waiting()).toEqual(['t', 't5'])
  })

  it('with a need that is no task of the session are refused whole', () => {
    const { read, write } = scratch()
    expect(() => write(({ tasks }) => tasks.insert({ ...task, needs: ['a', 'z'] }))).toThrow(
      'FOREIGN KEY',
    )
    expect(read.tasks.get('t2')).toBeUndefined()
  })

  it('have one key each in a session', () => {
    const { write } = scratch()
    const twin = { ...task, key: 'a', needs: [] }
    expect(() => write(({ tasks }) => tasks.insert(twin))).toThrow('UNIQUE')
  })

  it('leave runs and evidence to their tables', () => {
    const { read, write } = scratch()
    const whole: Task = { ...task, needs: [], runs: [], evidence: [] }
    write(({ tasks }) => tasks.insert(whole))
    expect(read.tasks.get('t2')).toEqual({ ...task, needs: [] })
  })
})

describe('runs', () => {
  it('are numbered in the data folder, found by task, session and while they last', () => {
    const { read, write } = scratch()
    expect(read.runs.nextNumber()).toBe(2)
    write(({ runs }) => runs.insert(run))
    expect(read.runs.nextNumber()).toBe(3)
    expect(read.runs.get('r2')).toEqual(run)
    expect(read.runs.byTask('t').map(({ n }) => n)).toEqual([1])
    expect(read.runs.bySession('s').map(({ n }) => n)).toEqual([1, 2])
    expect(read.runs.unended().map(({ id }) => id)).toEqual(['r', 'r2'])
    write(({ runs }) => runs.update('r', { state: 'ended', outcome: 'crashed', exitCode: 0 }))
    expect(read.runs.unended().map(({ id }) => id)).toEqual(['r2'])
    expect(read.runs.get('r')).toMatchObject({ outcome: 'crashed', exitCode: 0 })
  })
})

describe('evidence', () => {
  it('is found for exactly that tree, check, command and setup, the newest first', () => {
    const { read, write } = scratch()
    const one = { check: 'test', command: 'npm test', tree: 'tree', exitCode: 1, durationMs: 1.5 }
    const evidence = { ...one, log: 'hash', at: AT }
    const link = { sessionId: 's', taskId: 't', setup: 'locked' }
    write((tables) => {
      tables.evidence.insert({ ...evidence, ...link })
      tables.evidence.insert({ ...evidence, ...link, exitCode: 0 })
      tables.evidence.insert({ ...evidence, exitCode: null, sessionId: 's', setup: 'other' })
    })
    const wanted = { tree: 'tree', check: 'test', command: 'npm test', setup: 'locked' }
    expect(read.evidence.find(wanted)).toMatchObject({ ...evidence, exitCode: 0 })
    for (const change of [{ tree: 'x' }, { check: 'x' }, { command: 'x' }, { setup: 'x' }]) {
      expect(read.evidence.find({ ...wanted, ...change })).toBeUndefined()
    }
    expect(read.evidence.byTask('t').map(({ exitCode }) => exitCode)).toEqual([1, 0])
    expect(read.evidence.bySession('s').map(({ exitCode }) => exitCode)).toEqual([1, 0, null])
  })
})

describe('checkpoints', () => {
  it('are one of a number in a session', () => {
    const { read, write } = scratch()
    const checkpoint = {
      n: 0,
      tag: 'thalogos/s/0',
      commit: 'c',
      message: 'm',
      at: AT,
      evidence: [],
    }
    const second = { ...checkpoint, n: 1, tag: 'thalogos/s/1', restores: 0 }
    write(({ checkpoints }) => {
      checkpoints.insert({ ...second, sessionId: 's' })
      checkpoints.insert({ ...checkpoint, sessionId: 's' })
    })
    expect(read.checkpoints.list('s')).toMatchObject([checkpoint, second])
    expect(read.checkpoints.get('s', 1)).toMatchObject(second)
    expect(read.checkpoints.get('s', 2)).toBeUndefined()
    expect(() =>
      write(({ checkpoints }) => checkpoints.insert({ ...second, tag: 'x', sessionId: 's' })),
    ).toThrow('UNIQUE')
  })
})

describe('the journal', () => {
  it('holds what is not finished, by project, until it is removed', () => {
    const { read, write } = scratch()
    const entry = {
      id: 'j',
      projectId: 'p',
      sessionId: 's',
      kind: 'save',
      step: 'intended',
      data: { paths: ['a'], old: null },
      at: AT,
    }
    write(({ journal }) => journal.put(entry))
    expect(read.journal.open()).toEqual([entry])
    write(({ journal }) => journal.update('j', { step: 'refs' }))
    expect(read.journal.open('p')).toEqual([{ ...entry, step: 'refs' }])
    write(({ journal }) => journal.update('j', { step: 'done', data: [1] }))
    expect(read.journal.open('p')).toEqual([{ ...entry, step: 'done', data: [1] }])
    write(({ journal }) => journal.put(entry))
    expect(read.journal.open('p')).toEqual([entry])
    expect(read.journal.open('other')).toEqual([])
    write(({ journal }) => journal.remove('j'))
    expect(read.journal.open()).toEqual([])
  })
})

describe('snapshots', () => {
  it('are numbered and listed by session and task', () => {
    const { read, write } = scratch()
    const snapshot = {
      sessionId: 's',
      ref: 'refs/x',
      commit: 'c',
      cause: 'interval',
      at: AT,
    } as const
    const first = write(({ snapshots }) => snapshots.insert(snapshot))
    const second = write(({ snapshots }) => snapshots.insert({ ...snapshot, taskId: 't' }))
    expect([first.id, second.id]).toEqual([1, 2])
    expect(read.snapshots.get(2)).toEqual(second)
    expect(read.snapshots.list()).toEqual([first, second])
    expect(read.snapshots.list({ sessionId: 's' })).toEqual([first, second])
    expect(read.snapshots.list({ taskId: 't' })).toEqual([second])
    expect(read.snapshots.list({ sessionId: 'other', taskId: 't' })).toEqual([])
    expect(read.snapshots.list({ sessionId: 'other' })).toEqual([])
  })
})

describe('messages', () => {
  it('are numbered and listed in order', () => {
    const { read, write } = scratch()
    const message = { sessionId: 's', author: 'user', text: 'hi', at: AT } as const
    const first = write(({ messages }) => messages.insert(message))
    const second = write(({ messages }) => messages.insert({ ...message, text: 'there' }))
    expect(read.messages.list('s')).toEqual([
      { ...message, id: first.id },
      { ...message, text: 'there', id: second.id },
    ])
    expect(second.id).toBeGreaterThan(first.id)
  })
})

describe('approvals', () => {
  it('are open until they are decided', () => {
    const { read, write } = scratch()
    const approval = {
      id: 'a',
      sessionId: 's',
      taskId: 't',
      kind: 'content',
      question: '?',
      options: ['allow', 'deny'],
      state: 'open',
      subject: 'digest',
      at: AT,
    } as const
    const entry = { ...approval, options: [...approval.options] }
    write(({ approvals }) => approvals.insert(entry))
    expect(read.approvals.open('s')).toEqual([entry])
    expect(read.approvals.open('other')).toEqual([])
    write(({ approvals }) => approvals.update('a', { state: 'allowed', decidedBy: 'user' }))
    expect(read.approvals.open()).toEqual([])
    expect(read.approvals.bySession('s')).toEqual([
      { ...entry, state: 'allowed', decidedBy: 'user' },
    ])
  })
})

describe('settings', () => {
  it.each([{ a: [1, null, 'x'] }, 'text', 0, false, null])('keep %j', (value) => {
    const { read, write } = scratch()
    write(({ settings }) => settings.set('k', 'before'))
    write(({ settings }) => settings.set('k', value))
    expect(read.settings.get('k')).toEqual(value)
    write(({ settings }) => settings.set('k', undefined))
    expect(read.settings.get('k')).toBeUndefined()
  })
})

describe('commits', () => {
  it('are ours from the first word on them', () => {
    const { read, write } = scratch()
    const commit = { commit: 'abc', sessionId: 's', taskId: 't', kind: 'task' } as const
    write(({ commits }) => commits.insert(commit))
    write(({ commits }) => commits.insert({ ...commit, kind: 'merge' }))
    expect(read.commits.get('abc')).toEqual(commit)
    expect(read.commits.bySession('s')).toEqual([commit])
    expect(read.commits.get('def')).toBeUndefined()
  })
})

describe('outside of a write', () => {
  it('nothing can be changed', () => {
    const { read } = scratch()
    const message = 'only inside of write'
    expect(() => read.tasks.insert({ ...task, needs: [] })).toThrow(message)
    expect(() => read.sessions.update('s', { trusted: false })).toThrow(message)
    expect(() => read.journal.remove('j')).toThrow(message)
    expect(() => read.settings.set('k', undefined)).toThrow(message)
  })
})

describe('a damaged row', () => {
  it.each([
    ['JSON cut off', `UPDATE sessions SET project_config = '{"checks":['`],
    ['JSON of another shape', `UPDATE sessions SET agents = '{"codex":1}'`],
    ['a state nobody knows', `UPDATE sessions SET state = 'dreaming'`],
    ['a flag that is none', 'UPDATE sessions SET trusted = 7'],
    ['a time that is none', `UPDATE sessions SET created_at = 'soon'`],
  ])('is set aside and reported once, the others are read: %s', (_, sql) => {
    const { storage, read, write, raw } = scratch()
    const session = read.sessions.get('s')
    if (!session) throw new Error('no sample')
    write(({ sessions }) => sessions.insert({ ...session, id: 's2' }))
    raw.exec(`${sql} WHERE id = 's'`)
    expect(read.sessions.get('s')).toBeUndefined()
    expect(read.sessions.list().map(({ id }) => id)).toEqual(['s2'])
    expect(storage.damage()).toEqual([
      { place: 'sessions s', problem: expect.stringMatching(/\w/) },
    ])
    expect(raw.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(2)
  })

  it('of a setting reads as not set', () => {
    const { storage, read, write, raw } = scratch()
    write(({ settings }) => settings.set('k', { a: 1 }))
    raw.exec(`UPDATE settings SET value = '{'`)
    expect(read.settings.get('k')).toBeUndefined()
    expect(storage.damage().map(({ place }) => place)).toEqual(['settings k'])
  })
})
