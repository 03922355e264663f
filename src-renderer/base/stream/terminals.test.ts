import { describe, expect, it } from 'vitest'
import type { ClientFrame } from '../../../src-shared/contract/index.ts'
import { createTerminalLink } from './terminals.ts'

function link() {
  const sent: ClientFrame[] = []
  const seen: string[] = []
  const terminals = createTerminalLink((frame) => sent.push(frame))
  const watcher = {
    onAttached: (from: number, size: number) => seen.push(`from ${from} of ${size}`),
    onBytes: (bytes: Uint8Array, parsed: () => void) => {
      seen.push(new TextDecoder().decode(bytes))
      parsed()
    },
    onEnded: (size: number) => seen.push(`ended ${size}`),
    onRefused: (message: string) => seen.push(message),
  }
  const attached = (n: number, from = 0) =>
    terminals.onFrame({ frame: 'attached', run: 'r', n, view: 'raw', from, size: 9 })
  return { sent, seen, terminals, watcher, attached }
}

const frame = (n: number, text: string) => {
  const bytes = new TextEncoder().encode(text)
  const all = new Uint8Array(4 + bytes.length)
  new DataView(all.buffer).setUint32(0, n)
  all.set(bytes, 4)
  return all
}

describe('terminals', () => {
  it('shows a run’s bytes and acknowledges them', () => {
    const { sent, seen, terminals, watcher, attached } = link()
    terminals.attach('r', { view: 'raw', from: 0 }, watcher)
    attached(7)
    terminals.onBinary(frame(7, 'abc'))
    terminals.onBinary(frame(8, 'of another'))
    terminals.onFrame({ frame: 'ended', run: 'r', size: 3 })
    expect(seen).toEqual(['from 0 of 9', 'abc', 'ended 3'])
    expect(sent).toEqual([
      { type: 'attach', run: 'r', view: 'raw', from: 0 },
      { type: 'ack', run: 'r', bytes: 3 },
    ])
  })

  it('goes on at the next byte after a lost connection, whatever number the run has then', () => {
    const { sent, seen, terminals, watcher, attached } = link()
    terminals.attach('r', { view: 'raw', from: 0 }, watcher)
    attached(7)
    terminals.onBinary(frame(7, 'abc'))
    terminals.begin()
    expect(sent.at(-1)).toEqual({ type: 'attach', run: 'r', view: 'raw', from: 3 })
    terminals.onBinary(frame(7, 'late'))
    attached(9, 3)
    terminals.onBinary(frame(9, 'def'))
    expect(seen).toEqual(['from 0 of 9', 'abc', 'from 3 of 9', 'def'])
  })

  it('says no more of a run that was closed, nor closes the one that took its place', () => {
    const { sent, seen, terminals, watcher, attached } = link()
    const first = terminals.attach('r', { view: 'readable', from: 0 }, watcher)
    attached(7)
    terminals.attach('r', { view: 'raw', from: 0 }, watcher)
    first.close()
    expect(sent.filter(({ type }) => type === 'detach')).toEqual([])
    terminals.onFrame({ frame: 'refused', run: 'r', code: 'x', message: 'no' })
    expect(seen).toEqual(['from 0 of 9', 'no'])
  })
})
