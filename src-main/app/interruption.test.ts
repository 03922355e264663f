import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { watchInterruption } from './interruption.ts'

function fakeProcess() {
  const exits: unknown[] = []
  const source = Object.assign(new EventEmitter(), {
    channel: null,
    exit: (code: unknown) => void exits.push(code),
  })
  return { source, exits, process: source as unknown as NodeJS.Process }
}

describe('watchInterruption', () => {
  it('asks the first time and obeys the second', () => {
    const { source, exits, process } = fakeProcess()
    const { signal } = watchInterruption(process)
    source.emit('SIGINT')
    expect([signal.aborted, exits]).toEqual([true, []])
    source.emit('SIGTERM')
    expect(exits).toEqual([130])
  })

  it('takes the end of the parent for a wish to stop, not for a second one', () => {
    const { source, exits, process } = fakeProcess()
    const { signal } = watchInterruption(process)
    source.emit('SIGINT')
    source.emit('disconnect')
    expect([signal.aborted, exits]).toEqual([true, []])
  })

  it('leaves nothing behind', () => {
    const { source, process } = fakeProcess()
    watchInterruption(process).close()
    expect(source.eventNames()).toEqual([])
  })
})
