import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../base/index.ts'
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
