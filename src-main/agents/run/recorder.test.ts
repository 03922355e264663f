import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTurns, silentLog } from '../../base/index.ts'
import { createJsonLinesParser } from '../custom/json-lines-parser.ts'
import { createTextParser } from '../custom/text-parser.ts'
import { createDialogue, type RunEvent } from './dialogue.ts'
import { createRecorder, type RecorderDeps } from './recorder.ts'
import { openRunLog, type RunLog } from './run-log.ts'

let dir = ''
let raw: RunLog
let transcript: RunLog
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-recorder-'))
  raw = await openRunLog(join(dir, 'raw'), silentLog)
  transcript = await openRunLog(join(dir, 'transcript'), silentLog)
})
afterEach(() => {
  raw.release()
  transcript.release()
  rmSync(dir, { recursive: true })
})

function build(more: Partial<RecorderDeps> = {}) {
  const flow: string[] = []
  const events: RunEvent[] = []
  const faults: unknown[] = []
  const recorder = createRecorder({
    raw,
    transcript,
    dialogue: createDialogue(createTextParser(), false),
    turns: createTurns(),
    flow: { pause: () => flow.push('pause'), resume: () => flow.push('resume') },
    onEvent: (event) => events.push(event),
    onFault: (error) => faults.push(error),
    ...more,
  })
  return { recorder, flow, events, faults }
}

describe('the recorder', () => {
  it('has the bytes on the disk before anything is made of them', async () => {
    let onDisk = ''
    const { recorder } = build({
      onEvent: () => {
        onDisk ||= readFileSync(join(dir, 'raw'), 'utf8')
      },
    })
    recorder.push(Buffer.from('first\nsec'))
    await recorder.finish(0)
    expect(onDisk).toBe('first\nsec')
  })

  it('holds the agent back while the disk is slow, and lets it go on afterwards', async () => {
    const { recorder, flow, events } = build()
    const chunk = Buffer.from('0123456\n'.repeat(16_384))
    for (let n = 0; n < 16; n += 1) recorder.push(chunk)
    expect(flow).toEqual(['pause'])
    await recorder.finish(0)
    expect(flow).toEqual(['pause', 'resume'])
    expect(readFileSync(join(dir, 'raw')).equals(Buffer.concat(Array(16).fill(chunk)))).toBe(true)
    const said = events.map((event) =>
      event.type === 'item' && event.item.kind === 'message' ? `${event.item.text}\n` : '',
    )
    expect(said.join('')).toBe('0123456\n'.repeat(16 * 16_384))
  })

  it('leaves the loop to others again and again while agents print without end', async () => {
    let looks = 0
    const most = { bytes: 0, events: 0 }
    const turn = { bytes: 0, events: 0 }
    const count = (what: keyof typeof turn, more: number) => {
      turn[what] += more
      most[what] = Math.max(most[what], turn[what])
    }
    const wait = (go: () => void) => {
      Object.assign(turn, { bytes: 0, events: 0 })
      setImmediate(go)
    }
    // Each look at the clock comes three milliseconds after the one before.
    const turns = createTurns({ now: () => (looks += 3), soon: wait, rested: wait })
    const line = '{"type":"message","text":"again"}\n'
    const runs = Array.from({ length: 3 }, () => {
      const dialogue = createDialogue(createJsonLinesParser(), false)
      const push = (chunk: Buffer) => {
        count('bytes', chunk.length)
        return dialogue.push(chunk)
      }
      const onEvent = () => count('events', 1)
      return build({ turns, dialogue: { ...dialogue, push }, onEvent }).recorder
    })
    for (const run of runs) run.push(Buffer.from(line.repeat(2_000)))
    await Promise.all(runs.map((run) => run.finish(0)))
    expect(most.bytes).toBeLessThanOrEqual(2 * line.length * 2_000)
    expect(most.events).toBeLessThan(20)
  })

  it('says once that it cannot write, lets the agent go and takes nothing more', async () => {
    const closed = await openRunLog(join(dir, 'other'), silentLog)
    closed.release()
    const { recorder, flow, events, faults } = build({ raw: closed })
    recorder.push(Buffer.alloc(2_000_000, 'x\n'))
    await recorder.finish(0)
    recorder.push(Buffer.from('more\n'))
    await recorder.finish(0)
    expect(faults).toHaveLength(1)
    expect(flow).toEqual(['pause', 'resume'])
    expect(events).toEqual([])
  })
})
