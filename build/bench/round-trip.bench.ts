import { ok } from '../../src-main/base/index.ts'
import type { GatewayDeps } from '../../src-main/gateway/index.ts'
import { openPlain, openScene, peer } from './stream/scene.ts'

const PAIRS = 10
const FRAME_BYTES = 16_384
const ROUNDS = 2_000

/** Measure 8, round trip: a key typed into a run that answers with 16 KiB, until all are there, against a plain connection. */
export const bench = {
  id: '8b',
  name: 'round trip of 16 KiB through the gateway / plain TCP',
  target: { max: 2 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const chunk = Buffer.alloc(FRAME_BYTES, 'x')
    const scene = await openScene({ terminals: answering(chunk) })
    const plain = await openPlain((socket) => void socket.on('data', () => socket.write(chunk)))
    const of = { size: FRAME_BYTES, rounds: ROUNDS }
    const pairs = []
    try {
      for (let i = -1; i < PAIRS; i += 1) {
        const limit = await peer({ kind: 'echo', port: plain.port, ...of })
        const { port, token } = scene
        const ours = await peer({ kind: 'type', port, token, run: 'r', ...of })
        if (i >= 0) pairs.push({ ours: middle(ours.rounds), limit: middle(limit.rounds) })
      }
    } finally {
      await plain.close()
      await scene.close()
    }
    const best = Math.min(...pairs.map(({ ours }) => ours))
    return { pairs, extra: `from ${(best * 1_000).toFixed(0)} µs` }
  },
}

/** A run that answers each key with the chunk, without a disk in the way. */
function answering(chunk: Buffer): GatewayDeps['terminals'] {
  let size = 0
  let tell: (at: number, chunk: Buffer) => void = () => undefined
  return {
    open: () =>
      Promise.resolve(
        ok({
          n: 1,
          live: true,
          size: () => size,
          read: () => Promise.resolve(chunk),
          onGrow(listener) {
            tell = listener
            return () => undefined
          },
          ended: new Promise<void>(() => undefined),
          close: () => undefined,
        }),
      ),
    input() {
      const at = size
      size += chunk.length
      tell(at, chunk)
      return ok(undefined)
    },
    resize: () => ok(undefined),
  }
}

const middle = (rounds: readonly number[]) =>
  rounds.toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? Number.NaN
