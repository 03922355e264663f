import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askHealth } from './gateway.ts'
import { livenessAfter, RHYTHM } from './liveness.ts'
import { startServing } from './serving.ts'
import { createSupervisor, MAX_RESTARTS, type Supervised, type Supervisor } from './supervisor.ts'

// A program that serves as the orchestrator does, and does on request what one should never do.
const STAND_IN = `
import { createServer } from 'node:http'
import { writeFileSync } from 'node:fs'
const [mode, trace] = process.argv.slice(2)
if (mode === 'refuses') { process.stderr.write('the folder is not writable\\n'); process.exit(2) }
process.on('disconnect', () => { writeFileSync(trace, 'stopped'); process.exit(0) })
const server = createServer((request, response) => {
  if (request.url === '/die') { process.stderr.write('a bug\\n'); process.exit(7) }
  if (request.url === '/hang') { response.end(); const end = Date.now() + 1500; while (Date.now() < end); return }
  response.end('{}')
})
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: 'http://127.0.0.1:' + server.address().port, token: 't' }))
})
`
// A hundredth of the real one, so that a test can wait for it.
const QUICK = { beatMs: 50, slowMs: 300, unresponsiveMs: 700 }
// What it said last was read by then.
const READ_MS = 100

let dir: string
let told: Supervised[]
let supervisor: Supervisor
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-supervisor-'))
  writeFileSync(join(dir, 'stand-in.mjs'), STAND_IN)
  told = []
})
afterEach(async () => {
  await supervisor.stop()
  rmSync(dir, { recursive: true })
})

const trace = () => join(dir, 'trace')

function startChild(mode: string) {
  const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const
  const child = spawn(process.execPath, [join(dir, 'stand-in.mjs'), mode, trace()], {
    stdio: [...stdio],
  })
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('no pipes')
  return {
    stdout,
    stderr,
    exited: new Promise<string>((resolve) => {
      child.on('exit', (code) => setTimeout(() => resolve(`${code}`), READ_MS))
    }),
    end: () => child.disconnect(),
    kill: () => void child.kill('SIGKILL'),
  }
}

function supervise(mode = 'serves') {
  supervisor = createSupervisor({
    start: () =>
      startServing({ start: () => startChild(mode), gone: () => Promise.reject(new Error()) }),
    ask: ({ url }, signal) => askHealth(url, signal),
    tell: (state) => void told.push(state),
    rhythm: QUICK,
    pauseMs: 1,
  })
  supervisor.start()
}

const kinds = () => told.map(({ is }) => is)
const until = (look: () => boolean) => expect.poll(look, { timeout: 20_000 }).toBe(true)
const address = () => told.findLast((state) => state.is === 'serving')?.url ?? ''
const visit = (path: string) => fetch(`${address()}${path}`).catch(() => undefined)

describe('the supervisor', () => {
  it('starts it again each time it ends, five times, and then says what it said last', async () => {
    supervise()
    for (let life = 0; life <= MAX_RESTARTS; life += 1) {
      await until(() => kinds().filter((is) => is === 'serving').length === life + 1)
      await visit('/die')
    }
    await until(() => told.at(-1)?.is === 'gone')
    expect(told.at(-1)).toEqual({ is: 'gone', reason: 'a bug', restarts: MAX_RESTARTS })
    expect(told.filter(({ is }) => is === 'starting')).toHaveLength(MAX_RESTARTS + 1)
  })

  it('goes on when a person asks for it after that', async () => {
    supervise('refuses')
    await until(() => told.at(-1)?.is === 'gone')
    expect(told).toEqual([
      { is: 'starting', restarts: 0 },
      { is: 'gone', reason: 'the folder is not writable', restarts: 0 },
    ])
    supervisor.start()
    await until(() => kinds().filter((is) => is === 'gone').length === 2)
  })

  it('says that it is silent and that it answers again, and ends nothing because of that', async () => {
    supervise()
    await until(() => kinds().includes('serving'))
    await visit('/hang')
    await until(() => told.at(-1)?.is === 'answering')
    const silent = told.flatMap((state) => (state.is === 'silent' ? [state.liveness] : []))
    expect(silent).toEqual(['slow', 'unresponsive'])
    expect(kinds().filter((is) => is === 'starting')).toHaveLength(1)
  })

  it('asks it to end, and does not start it again', async () => {
    supervise()
    await until(() => kinds().includes('serving'))
    expect(supervisor.owns()).toBe(true)
    await supervisor.stop()
    expect(existsSync(trace())).toBe(true)
    expect(kinds()).toEqual(['starting', 'serving'])
  })

  it('ends one that came up after it was no longer wanted', async () => {
    supervise()
    await until(() => kinds().includes('starting'))
    await supervisor.stop()
    expect(existsSync(trace())).toBe(true)
  })

  it('replaces one at a person’s wish', async () => {
    supervise()
    await until(() => kinds().includes('serving'))
    const before = address()
    await supervisor.restart()
    await until(() => kinds().filter((is) => is === 'serving').length === 2)
    expect(address()).not.toBe(before)
  })
})

it('counts a silence of 6 s as slow and of 11 s as unresponsive', () => {
  const seen = [0, 5_999, 6_000, 10_999, 11_000].map((ms) => livenessAfter(ms, RHYTHM))
  expect(seen).toEqual(['answers', 'answers', 'slow', 'slow', 'unresponsive'])
})
