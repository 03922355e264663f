import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStage, type Played, type Stage, until } from './fixture/stage.ts'
import { type LogView, openLog } from './run/run-log.ts'
import type { Runner } from './runner.ts'

let stage: Stage
beforeEach(() => {
  stage = createStage()
})
afterEach(() => expect(stage.remove()).toEqual([]))

const shell = (script: string): Runner =>
  stage.runner({ agents: { own: { command: '/bin/sh', args: ['-c', script], output: 'text' } } })

/** Follows a view from `from` on as a viewer does: what it missed from the file, the rest as it grows. */
function follow(view: LogView, from = 0) {
  const chunks: Buffer[] = []
  let at = from
  let hasFailed = false
  view.onGrow((offset, chunk) => {
    if (offset !== at) return
    chunks.push(chunk)
    at += chunk.length
  })
  const catchUp = async () => {
    while (at < view.size()) {
      const before = at
      const chunk = await view.read(at, 65_536)
      // It grew meanwhile and was told: then this chunk is known in part.
      const known = at - before
      chunks.push(chunk.subarray(known))
      at += Math.max(0, chunk.length - known)
      hasFailed ||= chunk.length === 0
      if (hasFailed) return
    }
  }
  return {
    bytes: () => Buffer.concat(chunks),
    async all() {
      await catchUp()
      await view.ended
      await catchUp()
      return Buffer.concat(chunks)
    },
  }
}

const opened = async (runner: Runner, runId: string, view: 'raw' | 'readable' = 'raw') => {
  const log = await runner.output.open(runId, view)
  if (log === undefined) throw new Error('no such run')
  return log
}

describe('those who watch a run', () => {
  it('see every byte, wherever they begin, over its end', async () => {
    const runner = shell(
      `printf first; until [ -e go ]; do sleep 0.02; done; seq 1 20000; printf last`,
    )
    const runId = randomUUID()
    const seen: Promise<Buffer>[] = []
    const views: LogView[] = []
    const { raw, transcript } = await stage.play(runner, { runId }, async () => {
      const view = await opened(runner, runId)
      await until(() => view.size() > 0)
      for (const from of [0, 2, 5]) {
        const own = await opened(runner, runId)
        seen.push(follow(own, from).all())
        views.push(own)
      }
      const readable = await opened(runner, runId, 'readable')
      seen.push(follow(readable).all())
      views.push(readable, view)
      writeFileSync(join(stage.worktree, 'go'), '')
    })
    const [whole, second, fifth, readable] = await Promise.all(seen)
    expect(raw.toString().endsWith('20000\r\nlast')).toBe(true)
    expect(whole?.equals(raw)).toBe(true)
    expect(second?.equals(raw.subarray(2))).toBe(true)
    expect(fifth?.equals(raw.subarray(5))).toBe(true)
    expect(readable?.toString()).toBe(transcript)
    for (const view of views) view.close()
    await runner.close()
  })

  it('are told at once, in order, with the bytes that are in the file', async () => {
    const runner = shell('for n in 1 2 3 4 5; do echo $n; sleep 0.05; done')
    const runId = randomUUID()
    let next = 0
    const { raw } = await stage.play(runner, { runId }, async () => {
      const view = await opened(runner, runId)
      next = view.size()
      view.onGrow((at, chunk) => {
        expect(at).toBe(next)
        next += chunk.length
        expect(view.size()).toBe(next)
      })
      await view.ended
      view.close()
    })
    expect(next).toBe(raw.length)
    await runner.close()
  })

  it('never slow it, however slow they are', async () => {
    const runner = shell('yes 0123456789abcdef | head -c 5000000')
    const runId = randomUUID()
    let slow: LogView | undefined
    const { raw } = await stage.play(runner, { runId }, async () => {
      slow = await opened(runner, runId)
      expect(await slow.read(0, 10)).toBeDefined()
    })
    // The run is over, and the slow one reads its first bytes only now.
    expect(slow?.size()).toBe(raw.length)
    const whole: Buffer[] = []
    for (let at = 0; at < raw.length; at += 65_536) {
      whole.push((await slow?.read(at, 65_536)) ?? Buffer.alloc(0))
      if (at % 1_048_576 === 0) await sleep(10)
    }
    expect(Buffer.concat(whole).equals(raw)).toBe(true)
    slow?.close()
    await runner.close()
  })

  it('watch sixteen at once without a lost byte, and leave no file open', async () => {
    const runner = shell('yes $THALOGOS_RUN | head -c 1000000; echo; echo end')
    const runs = Array.from({ length: 16 }, () => randomUUID())
    const played = await Promise.all(
      runs.map(async (runId): Promise<[Played, Buffer]> => {
        let seen: Promise<Buffer> = Promise.resolve(Buffer.alloc(0))
        const one = await stage.play(runner, { runId, timeoutMs: 60_000 }, async () => {
          const view = await opened(runner, runId)
          seen = follow(view)
            .all()
            .finally(() => view.close())
        })
        return [one, await seen]
      }),
    )
    for (const [{ raw, end, runId }, seen] of played) {
      expect(end.outcome).toBe('succeeded')
      expect(raw.toString('latin1').startsWith(`${runId}\r\n${runId}\r\n`)).toBe(true)
      expect(raw.toString('latin1').endsWith('end\r\n')).toBe(true)
      expect(raw.length).toBeGreaterThan(1_000_000)
      expect(seen.equals(raw)).toBe(true)
    }
    await runner.close()
    await expect.poll(openLogs).toEqual([])
  })

  it('can open it from its start until moments after its end; later there is the artifact', async () => {
    const runner = shell('echo done')
    const runId = randomUUID()
    expect(await runner.output.open(runId, 'raw')).toBeUndefined()
    const { end } = await stage.play(runner, { runId })
    const late = await opened(runner, runId)
    await late.ended
    expect((await late.read(0, 100)).toString()).toBe('done\r\n')
    late.close()
    await runner.close()
    expect(await runner.output.open(runId, 'raw')).toBeUndefined()
    const kept = await openLog(join(stage.dir, 'artifacts', end.raw))
    expect((await kept?.read(0, 100))?.toString()).toBe('done\r\n')
    kept?.close()
  })

  it('find nothing of a run that never came to be', async () => {
    const runner = shell('true')
    const runId = randomUUID()
    await stage.play(runner, { runId, agent: 'nobody' }, async () => {
      expect(await runner.output.open(runId, 'raw')).toBeUndefined()
    })
    await runner.close()
  })
})

describe('the health of a run', () => {
  it('says where its process stands, and when it last printed', async () => {
    const runner = shell('echo 1; until [ -e go ]; do sleep 0.02; done; echo 2; exec sleep 600')
    const runId = randomUUID()
    expect(runner.alive()).toEqual([])
    const { end } = await stage.play(runner, { runId }, async (handle) => {
      const health = () => runner.alive()[0]
      expect(health()).toMatchObject({ runId, agent: 'own', state: 'starting' })
      const view = await opened(runner, runId)
      await until(() => view.size() === 3)
      const first = health()
      expect(first).toMatchObject({ state: 'running', pid: expect.any(Number) })
      expect(existsSync(`/proc/${first?.pid}`) || process.platform !== 'linux').toBe(true)
      await sleep(30)
      expect(health()).toEqual(first)
      writeFileSync(join(stage.worktree, 'go'), '')
      await until(() => view.size() === 6)
      expect(health()?.lastOutputAt).toBeGreaterThan(first?.lastOutputAt ?? 0)
      expect(health()?.startedAt).toBe(first?.startedAt)
      handle.hold(true)
      expect(health()?.state).toBe('waiting')
      handle.hold(false)
      expect(health()?.state).toBe('running')
      expect(runner.find(runId)).toBe(handle)
      handle.cancel('cancelled')
      expect(health()?.state).toBe('ending')
      await view.ended
      expect(health()?.state).toBe('gone')
      view.close()
    })
    expect(end.outcome).toBe('cancelled')
    expect(runner.alive()).toEqual([])
    expect(runner.find(runId)).toBeUndefined()
    await runner.close()
  })
})

/** The log files that this process has open. */
const openLogs = (): string[] => {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${name}`)
      return target.startsWith(stage.dir) ? [target] : []
    } catch {
      // The listing's own descriptor.
      return []
    }
  })
}
