import { FLOW } from '../../src-shared/contract/index.ts'

/** What a client tells the gateway about the terminal bytes of one run. Counts are bytes. */
export interface Acknowledger {
  received(bytes: number): void
  /** The terminal has parsed so many more, in the order in which they came. */
  parsed(bytes: number): void
}

/**
 * Acknowledges what is parsed, and as much again as the terminal can have waiting: it parses in turns of its own, and
 * would have nothing to do while the answer to an acknowledgement travels. So a terminal never holds more than twice
 * `FLOW.pause`. Pure but for `send`.
 */
export function createAcknowledger(send: (bytes: number) => void): Acknowledger {
  let waiting = 0
  let owed = 0
  const tell = () => {
    // Of what waits, only this much may be acknowledged.
    const now = owed - Math.max(0, waiting - FLOW.pause)
    if (now < FLOW.every && (waiting > 0 || now <= 0)) return
    owed -= now
    send(now)
  }
  return {
    received(bytes) {
      waiting += bytes
      owed += bytes
      tell()
    },
    parsed(bytes) {
      waiting -= bytes
      tell()
    },
  }
}
