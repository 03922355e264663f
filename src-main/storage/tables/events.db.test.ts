import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EventDraft } from '../../../src-shared/contract/index.ts'
import { AT, addSample, openScratch, rawDatabase, scratchFolder } from '../fixture/scratch.ts'

const added: EventDraft = {
  type: 'project.added',
  actor: 'user',
  data: { projectId: 'p', path: '/x' },
}
const advanced: EventDraft = {
  type: 'integration.advanced',
  actor: 'orchestrator',
  sessionId: 's',
  taskId: 't',
  runId: 'r',
  data: { from: 'a', to: 'b' },
}

function scratch() {
  const dir = join(scratchFolder(), 'data')
  const storage = openScratch(dir)
  addSample(dir)
  const append = (...drafts: EventDraft[]) =>
    storage.write(({ events }) => drafts.map((draft) => events.append(draft, AT)))
  return { dir, storage, append, events: storage.read.events, raw: rawDatabase(dir) }
}

describe('events', () => {
  it('are numbered from 1 and read as they were appended', () => {
    const { append, events } = scratch()
    expect(events.last()).toBe(0)
    const stored = append(added, advanced)
    expect(stored).toEqual([
      { ...added, seq: 1, at: AT },
      { ...advanced, seq: 2, at: AT },
    ])
    expect(events.since(0)).toEqual(stored)
    expect(events.last()).toBe(2)
  })

  it('have no gap after a transaction that was rolled back', () => {
    const { storage, append, events } = scratch()
    append(added)
    expect(() =>
      storage.write((tables) => {
        for (let i = 0; i < 5; i += 1) tables.events.append(added, AT)
        throw new Error('undone')
      }),
    ).toThrow('undone')
    append(added, added)
    expect(events.since(0).map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  it('come after a number, of a session, of some types, and no more than asked', () => {
    const { append, events } = scratch()
    append(added, advanced, added, advanced, advanced)
    const numbers = (...args: Parameters<typeof events.since>) =>
      events.since(...args).map(({ seq }) => seq)
    expect(numbers(3)).toEqual([4, 5])
    expect(numbers(0, { limit: 2 })).toEqual([1, 2])
    expect(numbers(2, { sessionId: 's' })).toEqual([4, 5])
    expect(numbers(0, { sessionId: 's', limit: 1 })).toEqual([2])
    expect(numbers(0, { sessionId: 'other' })).toEqual([])
    expect(numbers(1, { types: ['project.added'] })).toEqual([3])
    expect(numbers(0, { types: ['project.added', 'integration.advanced'], limit: 3 })).toEqual([
      1, 2, 3,
    ])
    expect(numbers(0, { types: [] })).toEqual([])
    expect(numbers(0, { sessionId: 's', types: ['project.added'] })).toEqual([])
    expect(numbers(4, { sessionId: 's', types: ['integration.advanced'] })).toEqual([5])
    expect(numbers(99)).toEqual([])
  })

  it.each([
    ['WHERE seq > 5 ORDER BY seq LIMIT 10', 'INTEGER PRIMARY KEY (rowid>?)'],
    [
      `WHERE seq > 5 AND session_id = 's' ORDER BY seq LIMIT 10`,
      'events_by_session (session_id=? AND seq>?)',
    ],
    [
      `WHERE seq > 5 AND session_id = 's'
       AND type IN (SELECT value FROM json_each('["a"]')) ORDER BY seq LIMIT 10`,
      'events_by_session (session_id=? AND seq>?)',
    ],
  ])('are searched by index and never sorted: %s', (clause, index) => {
    const { raw } = scratch()
    const plan = raw.prepare(`EXPLAIN QUERY PLAN SELECT * FROM events ${clause}`).all()
    const text = plan.map((step) => (step as { detail: string }).detail).join('\n')
    expect(text).toContain(index)
    expect(text).not.toContain('TEMP B-TREE')
  })

  it('of a shape that is not their type’s are bugs', () => {
    const { append, events } = scratch()
    const wrong = { ...added, data: { projectId: 'p', path: 7 } } as unknown as EventDraft
    expect(() => append(added, wrong)).toThrow('path')
    expect(() => append({ ...added, sessionId: 'none' })).toThrow('FOREIGN KEY')
    expect(() => append({ ...added, actor: '' })).toThrow('actor')
    expect(events.last()).toBe(0)
  })

  it('are never changed or removed', () => {
    const { append, raw } = scratch()
    append(added)
    expect(() => raw.exec(`UPDATE events SET actor = 'other'`)).toThrow('only appended')
    expect(() => raw.exec('DELETE FROM events')).toThrow('only appended')
  })

  it('that are damaged are left out and reported', () => {
    const { storage, append, events, raw } = scratch()
    append(added)
    raw.exec(`INSERT INTO events (at, type, actor, data) VALUES
      ('${AT}', 'project.added', 'user', '{"path":'), ('${AT}', 'project.added', 'user', '{}'),
      ('${AT}', 'no.such', 'user', '{}')`)
    append(added)
    expect(events.since(0).map(({ seq }) => seq)).toEqual([1, 5])
    expect(storage.damage().map(({ place }) => place)).toEqual(['events 2', 'events 4', 'events 3'])
  })
})
