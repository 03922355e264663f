import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { EventDraft, StoredEvent } from '../../src-shared/contract/index.ts'
import { createLog, silentLog } from '../base/index.ts'
import { openStorage } from '../storage/index.ts'
import { createEvents } from './index.ts'

const AT = '2026-03-01T10:20:30.456Z'
const clock = { now: () => AT }
const added = (path: string): EventDraft => ({
  type: 'project.added',
  actor: 'user',
  data: { projectId: 'p', path },
})

function scratchFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'thalogos-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function scratch(dir = join(scratchFolder(), 'data')) {
  const opened = openStorage({ dir, clock, log: silentLog })
  if (!opened.ok) throw new Error(opened.error.message)
  const storage = opened.value
  onTestFinished(() => storage.close())
  const errors: unknown[] = []
  const log = createLog(
    (level, message, fields) => void (level === 'error' && errors.push({ message, ...fields })),
  )
  const events = createEvents({ storage, clock, log })
  const say = (...paths: string[]) =>
    events.commit((_, emit) => {
      for (const path of paths) emit(added(path))
    })
  return { events, say, errors }
}

const pathOf = (event: StoredEvent) => (event.type === 'project.added' ? event.data.path : '')

describe('commit', () => {
  it('stores the change and its events together and returns the answer', () => {
    const { events } = scratch()
    const answer = events.commit((tables, emit) => {
      tables.projects.insert({ id: 'p', path: '/p', name: 'p', createdAt: AT })
      emit(added('/p'))
      return 42
    })
    expect(answer).toBe(42)
    expect(events.read.projects.get('p')?.path).toBe('/p')
    expect(events.since(0)).toEqual([{ ...added('/p'), seq: 1, at: AT }])
  })

  it('stores neither when the change throws, tells nobody, and leaves no gap', () => {
    const { events, say } = scratch()
    const heard: StoredEvent[] = []
    events.subscribe((event) => heard.push(event))
    say('/1')
    expect(() =>
      events.commit((tables, emit) => {
        tables.projects.insert({ id: 'p', path: '/p', name: 'p', createdAt: AT })
        emit(added('/p'))
        throw new Error('undone')
      }),
    ).toThrow('undone')
    say('/2')
    expect(events.read.projects.list()).toEqual([])
    expect(events.since(0).map(({ seq }) => seq)).toEqual([1, 2])
    expect(heard.map(pathOf)).toEqual(['/1', '/2'])
  })

  it('stores nothing when an event is not of its shape', () => {
    const { events } = scratch()
    const wrong = { type: 'project.added', actor: 'user', data: {} } as unknown as EventDraft
    expect(() =>
      events.commit((tables, emit) => {
        tables.projects.insert({ id: 'p', path: '/p', name: 'p', createdAt: AT })
        emit(wrong)
      }),
    ).toThrow('path')
    expect(events.read.projects.list()).toEqual([])
  })

  it('refuses one inside of another, and an event after its end', () => {
    const { events, say } = scratch()
    expect(() => events.commit(() => say('/inner'))).toThrow('inside another')
    let leaked: ((event: EventDraft) => void) | undefined
    events.commit((_, emit) => {
      leaked = emit
    })
    expect(() => events.commit(() => leaked?.(added('/late')))).toThrow('after its change')
    expect(events.since(0)).toEqual([])
  })
})

describe('a listener', () => {
  it('hears after the commit, in order, until it leaves', () => {
    const { events, say } = scratch()
    const heard: string[] = []
    const leave = events.subscribe((event) => {
      heard.push(`${event.seq} of ${events.read.events.last()}`)
    })
    say('/1', '/2')
    say('/3')
    leave()
    say('/4')
    expect(heard).toEqual(['1 of 2', '2 of 2', '3 of 3'])
  })

  it('that throws harms neither the change nor the others, and is logged', () => {
    const { events, say, errors } = scratch()
    const heard: string[] = []
    events.subscribe(() => {
      throw new Error('mine')
    })
    events.subscribe((event) => heard.push(pathOf(event)))
    say('/1', '/2')
    expect(heard).toEqual(['/1', '/2'])
    expect(errors).toMatchObject([{ seq: 1 }, { seq: 2 }])
  })

  it('that commits lets everybody hear the same order', () => {
    const { events, say } = scratch()
    const heard: Record<'first' | 'second', string[]> = { first: [], second: [] }
    events.subscribe((event) => {
      heard.first.push(pathOf(event))
      if (pathOf(event) === '/1') say('/answer')
    })
    events.subscribe((event) => heard.second.push(pathOf(event)))
    say('/1', '/2')
    expect(heard.first).toEqual(['/1', '/2', '/answer'])
    expect(heard.second).toEqual(heard.first)
  })

  it('that comes while others are being told sees with `since` everything exactly once', () => {
    const { events, say } = scratch()
    const seen: number[] = []
    const leave = events.subscribe((event) => {
      if (event.seq !== 1) return
      seen.push(...events.since(0).map(({ seq }) => seq))
      events.subscribe(({ seq }) => seen.push(seq))
    })
    say('/1', '/2', '/3')
    leave()
    say('/4')
    expect(seen).toEqual([1, 2, 3, 4])
  })

  it('that removes another one spares it at once', () => {
    const { events, say } = scratch()
    const heard: string[] = []
    let leaveSecond: (() => void) | undefined
    events.subscribe(() => leaveSecond?.())
    leaveSecond = events.subscribe((event) => heard.push(pathOf(event)))
    say('/1')
    expect(heard).toEqual([])
  })
})

describe('a process killed while it commits', () => {
  it('loses nothing that was said to be stored, and leaves no half and no gap', async () => {
    const dir = scratchFolder()
    const url = (name: string) =>
      JSON.stringify(pathToFileURL(join(import.meta.dirname, name)).href)
    const script = join(dir, 'writer.ts')
    writeFileSync(
      script,
      `import { writeSync } from 'node:fs'
      import { openStorage } from ${url('../storage/index.ts')}
      import { createEvents } from ${url('index.ts')}
      import { silentLog, systemClock as clock } from ${url('../base/index.ts')}
      const opened = openStorage({ dir: process.argv[2], clock, log: silentLog })
      const events = createEvents({ storage: opened.value, clock })
      for (let i = 1; ; i += 1) {
        events.commit((tables, emit) => {
          tables.projects.insert({ id: 'p' + i, path: '/' + i, name: 'p', createdAt: clock.now() })
          emit({ type: 'project.added', actor: 'user', data: { projectId: 'p', path: '/' + i } })
        }, i % 2 ? 'full' : 'normal')
        writeSync(1, i + '\\n')
      }`,
    )
    const child = spawn(process.execPath, [script, join(dir, 'data')])
    onTestFinished(() => void child.kill('SIGKILL'))
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
      if (output.length > 2_000) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const told = Number(output.trimEnd().split('\n').at(-1))
    expect(told).toBeGreaterThan(100)

    const { events } = scratch(join(dir, 'data'))
    const stored = events.since(0)
    expect(stored.length).toBeGreaterThanOrEqual(told)
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i + 1))
    expect(events.read.projects.list().map(({ path }) => path)).toEqual(stored.map(pathOf))
  })
})
