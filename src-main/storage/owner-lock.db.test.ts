import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLog } from '../base/index.ts'
import { fixedClock, scratchFolder } from './fixture/scratch.ts'
import { openStorage } from './open-storage.ts'

const module = (name: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, name)).href)

/** Another process that opens the folder, says how that went, and waits until it is killed. */
const SCRIPT = `
import { openStorage } from ${module('index.ts')}
import { silentLog, systemClock } from ${module('../base/index.ts')}
const opened = openStorage({ dir: process.argv[2], clock: systemClock, log: silentLog })
if (opened.ok && process.argv[3]) {
  opened.value.write((t) => t.settings.set('from', process.argv[3]))
}
process.stdout.write(JSON.stringify(opened.ok ? { ok: true } : opened) + '\\n')
process.stdin.on('data', () => {
  if (opened.ok) opened.value.close()
  process.exit(0)
})
`

async function another(dir: string, value = '') {
  const script = join(scratchFolder(), 'another.ts')
  writeFileSync(script, SCRIPT)
  const child = spawn(process.execPath, [script, dir, value], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, answer: JSON.parse(line.toString()) as unknown, end: () => end(child, 'SIGKILL') }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

function open(dir: string) {
  const opened = openStorage({ dir, clock: fixedClock, log: silentLog })
  if (opened.ok) onTestFinished(() => opened.value.close())
  return opened
}

describe('the lock of a data folder', () => {
  it('refuses a second process and names the first', async () => {
    const dir = join(scratchFolder(), 'data')
    const { child } = await another(dir)
    const refused = open(dir)
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'data_folder_owned', details: { pid: child.pid } },
    })
    expect(refused.ok || refused.error.message).toContain(String(child.pid))
    expect(statSync(join(dir, 'owner.json')).mode & 0o777).toBe(0o600)
  })

  it('is free at once when its owner was killed, and nothing it committed is lost', async () => {
    const dir = join(scratchFolder(), 'data')
    const owner = await another(dir, 'before the kill')
    await owner.end()
    expect(existsSync(join(dir, 'owner.json'))).toBe(true)
    const opened = open(dir)
    if (!opened.ok) throw new Error(opened.error.message)
    expect(opened.value.read.settings.get('from')).toBe('before the kill')
    expect(JSON.parse(readFileSync(join(dir, 'owner.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
    })
  })

  it('is free when its owner closed it, with no mark left', async () => {
    const dir = join(scratchFolder(), 'data')
    const owner = await another(dir)
    const ended = once(owner.child, 'exit')
    owner.child.stdin.write('close')
    await ended
    expect(existsSync(join(dir, 'owner.json'))).toBe(false)
    expect(open(dir).ok).toBe(true)
  })

  it('holds within one process, and a refusal there does not loosen it for others', async () => {
    const dir = join(scratchFolder(), 'data')
    expect(open(dir).ok).toBe(true)
    expect(open(dir)).toMatchObject({
      error: { code: 'data_folder_owned', details: { pid: process.pid } },
    })
    const { answer } = await another(dir)
    expect(answer).toMatchObject({ error: { code: 'data_folder_owned' } })
  })

  it('is not inherited by a child that outlives its owner', async () => {
    const dir = join(scratchFolder(), 'data')
    const opened = open(dir)
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child, 'spawn')
    if (opened.ok) opened.value.close()
    expect((await another(dir)).answer).toEqual({ ok: true })
  })

  it('refuses without a name when the one that is written is nobody’s', async () => {
    const dir = join(scratchFolder(), 'data')
    await another(dir)
    writeFileSync(join(dir, 'owner.json'), '{"pid":')
    expect(open(dir)).toMatchObject({ error: { code: 'data_folder_owned' } })
  })

  it('lets one of several win that come at once', async () => {
    const dir = join(scratchFolder(), 'data')
    const all = await Promise.all([another(dir), another(dir), another(dir)])
    const winners = all.filter(({ answer }) => (answer as { ok: boolean }).ok)
    expect(winners).toHaveLength(1)
    const pid = winners[0]?.child.pid
    for (const { answer } of all.filter((one) => one !== winners[0])) {
      expect(answer).toMatchObject({ error: { code: 'data_folder_owned', details: { pid } } })
    }
  })
})
