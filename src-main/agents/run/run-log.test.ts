import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../base/index.ts'
import { openLog, openRunLog } from './run-log.ts'

let dir = ''
let path = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-log-'))
  path = join(dir, 'raw.log')
})
afterEach(async () => {
  // Whoever opened a file has closed it, a moment later.
  await expect.poll(openFiles).toEqual([])
  rmSync(dir, { recursive: true })
})
const openFiles = () =>
  process.platform === 'linux'
    ? readdirSync('/proc/self/fd')
        .map(targetOf)
        .filter((target) => target.startsWith(dir))
    : []
const targetOf = (name: string) => {
  try {
    return readlinkSync(`/proc/self/fd/${name}`)
  } catch {
    // The listing's own descriptor.
    return ''
  }
}

describe('the log of a run', () => {
  it('shows what is in the file, and only that', async () => {
    const log = await openRunLog(path, silentLog)
    const view = log.view()
    const told: unknown[] = []
    view.onGrow((at, chunk) => told.push([at, chunk.toString(), statSync(path).size]))
    await log.append('one')
    await log.append(Buffer.from('twö'))
    expect(told).toEqual([
      [0, 'one', 3],
      [3, 'twö', 7],
    ])
    expect(view.size()).toBe(7)
    expect((await view.read(2, 100)).toString()).toBe('etwö')
    expect((await view.read(1, 2)).toString()).toBe('ne')
    expect(await view.read(7, 10)).toHaveLength(0)
    expect(await view.read(99, 10)).toHaveLength(0)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    view.close()
    log.release()
  })

  it('goes on after what an earlier process wrote', async () => {
    writeFileSync(path, 'before ')
    const log = await openRunLog(path, silentLog)
    await log.append('after')
    const view = log.view()
    expect((await view.read(0, 100)).toString()).toBe('before after')
    view.close()
    log.release()
  })

  it('is read over its end, after it was moved away and let go of', async () => {
    const log = await openRunLog(path, silentLog)
    const view = log.view()
    await log.append('x'.repeat(100_000))
    let hasEnded = false
    void view.ended.then(() => {
      hasEnded = true
    })
    await log.append('y')
    expect(hasEnded).toBe(false)
    log.end()
    await view.ended
    renameSync(path, join(dir, 'artifact'))
    log.release()
    expect(view.size()).toBe(100_001)
    expect((await view.read(99_999, 10)).toString()).toBe('xy')
    view.close()
    expect(await view.read(0, 10)).toHaveLength(0)
  })

  it('tells each watcher until it stops, and none that failed', async () => {
    const log = await openRunLog(path, silentLog)
    const [first, second] = [log.view(), log.view()]
    const heard: string[] = []
    const listen = (_at: number, chunk: Buffer) => heard.push(chunk.toString())
    const stop = first.onGrow(listen)
    first.onGrow(listen)
    second.onGrow(() => {
      heard.push('failing')
      throw new Error('watcher')
    })
    await log.append('a')
    stop()
    await log.append('b')
    first.close()
    await log.append('c')
    expect(heard).toEqual(['a', 'a', 'failing', 'b'])
    second.close()
    second.close()
    log.release()
    log.release()
  })

  it('follows no link', async () => {
    symlinkSync('/dev/null', path)
    await expect(openRunLog(path, silentLog)).rejects.toThrow(/ELOOP/)
  })
})

describe('a log that has ended', () => {
  it('is read by ranges, from a file of gigabytes too', async () => {
    writeFileSync(path, 'begin')
    // A hole: it takes no room on the disk.
    truncateSync(path, 3_000_000_000)
    appendFileSync(path, 'end')
    const view = await openLog(path)
    expect(view?.size()).toBe(3_000_000_003)
    await view?.ended
    expect((await view?.read(0, 5))?.toString()).toBe('begin')
    expect((await view?.read(3_000_000_000, 65_536))?.toString()).toBe('end')
    view?.close()
  })

  it('may be missing', async () => {
    expect(await openLog(join(dir, 'nothing'))).toBeUndefined()
  })
})
