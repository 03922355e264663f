import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noUsage, type Run } from '../../../src-shared/contract/index.ts'
import type { LogView, RunHandle } from '../../agents/index.ts'
import { createArtifactSource, createTerminals } from './terminals.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-terminals-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const artifacts = { path: (hash: string) => join(dir, hash) }
const keep = (text: string) => {
  const hash = createHash('sha256').update(text).digest('hex')
  writeFileSync(join(dir, hash), text)
  return hash
}

const ended: Run = {
  id: 'r1',
  n: 7,
  sessionId: 's1',
  agent: 'codex',
  cause: 'first',
  state: 'ended',
  startedAt: '2026-01-02T03:04:05.000Z',
  usage: noUsage,
}

interface Scene {
  run: Run
  /** What the runner still has open. */
  view?: LogView
  handle?: Partial<RunHandle>
}

const terminalsOf = ({ run, view, handle }: Scene) =>
  createTerminals({
    runner: {
      find: () => handle as RunHandle | undefined,
      output: { open: () => Promise.resolve(view) },
    },
    read: { runs: { get: (id: string) => (id === run.id ? run : undefined) } as never },
    artifacts,
  })

async function textOf(scene: Scene, view: 'raw' | 'readable') {
  const opened = await terminalsOf(scene).open('r1', view)
  if (!opened.ok) throw new Error(opened.error.message)
  const { n, live, size, read, close } = opened.value
  const text = (await read(0, size())).toString()
  close()
  return { n, live, text }
}

describe('the output of a run', () => {
  it('that has ended is what was kept of it, in both views', async () => {
    const run = { ...ended, raw: keep('bytes'), transcript: keep('words') }
    expect(await textOf({ run }, 'raw')).toEqual({ n: 7, live: false, text: 'bytes' })
    expect(await textOf({ run }, 'readable')).toEqual({ n: 7, live: false, text: 'words' })
  })

  it('that printed nothing is empty', async () => {
    const run: Run = { ...ended, raw: '' }
    expect(await textOf({ run }, 'raw')).toEqual({ n: 7, live: false, text: '' })
  })

  it('that is under way is what the runner has, and may grow', async () => {
    const view: LogView = {
      size: () => 3,
      read: () => Promise.resolve(Buffer.from('now')),
      onGrow: () => () => undefined,
      ended: Promise.resolve(),
      close: () => undefined,
    }
    const run: Run = { ...ended, state: 'running' }
    expect(await textOf({ run, view }, 'raw')).toEqual({ n: 7, live: true, text: 'now' })
  })

  it('that does not exist is not found', async () => {
    const opened = await terminalsOf({ run: ended }).open('r2', 'raw')
    expect(opened).toMatchObject({ error: { code: 'not_found' } })
  })
})

describe('the keyboard of a run', () => {
  it('is a person’s who took it over, and of no other', () => {
    const done: unknown[] = []
    const handle = {
      isInteractive: true,
      write: (data: string) => void done.push(data),
      resize: (cols: number, rows: number) => void done.push([cols, rows]),
    }
    const run: Run = { ...ended, state: 'running' }
    const taken = terminalsOf({ run, handle })
    expect([taken.input('r1', 'ls\r').ok, taken.resize('r1', 80, 24).ok]).toEqual([true, true])
    expect(done).toEqual(['ls\r', [80, 24]])
    for (const scene of [{ run }, { run, handle: { ...handle, isInteractive: false } }]) {
      expect(terminalsOf(scene).input('r1', 'ls\r')).toMatchObject({
        error: { code: 'run_not_live' },
      })
    }
    expect(done).toHaveLength(2)
  })
})

describe('an artifact', () => {
  it('is read in pieces; one that does not exist is not there', async () => {
    const source = createArtifactSource(artifacts)
    const file = await source.open(keep('0123456789'))
    expect(file?.size).toBe(10)
    expect((await file?.read(3, 4))?.toString()).toBe('3456')
    await file?.close()
    expect(await source.open('f'.repeat(64))).toBeUndefined()
  })
})
