import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withLock } from './lock.mjs'

let dir = ''
let path = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-lock-'))
  path = join(dir, 'cache/setup.lock')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid

describe('withLock', () => {
  it('lets one work at a time and says once that it waits', async () => {
    const order: string[] = []
    let waits = 0
    const work = (name: string) => async () => {
      order.push(`${name} begins`)
      await sleep(300)
      order.push(`${name} ends`)
    }
    await Promise.all([
      withLock(path, work('a'), () => {
        waits += 1
      }),
      withLock(path, work('b'), () => {
        waits += 1
      }),
    ])
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
    expect(waits).toBe(1)
    expect(existsSync(path)).toBe(false)
  })

  it('names its holder and is given back when the work fails', async () => {
    const broken = withLock(
      path,
      () => {
        expect(readFileSync(path, 'utf8')).toBe(String(process.pid))
        return Promise.reject(new Error('broken'))
      },
      () => undefined,
    )
    await expect(broken).rejects.toThrow('broken')
    expect(existsSync(path)).toBe(false)
  })

  it('takes over from a holder that died', async () => {
    await withLock(
      path,
      () => Promise.resolve(),
      () => undefined,
    )
    writeFileSync(path, String(deadPid()))
    let waited = false
    const done = await withLock(
      path,
      () => Promise.resolve('done'),
      () => {
        waited = true
      },
    )
    expect([done, waited]).toEqual(['done', false])
  })

  it('takes over from a number that now is somebody else’s', async () => {
    await withLock(
      path,
      () => Promise.resolve(),
      () => undefined,
    )
    writeFileSync(path, String(process.ppid))
    const longAgo = new Date(Date.now() - 10 * 60_000)
    utimesSync(path, longAgo, longAgo)
    expect(
      await withLock(
        path,
        () => Promise.resolve('done'),
        () => undefined,
      ),
    ).toBe('done')
  })
})
