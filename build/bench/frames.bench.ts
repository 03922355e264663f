import { ok } from '../../src-main/base/index.ts'
import type { GatewayDeps } from '../../src-main/gateway/index.ts'
import { openPlain, openScene, peer, pour } from './stream/scene.ts'

const PAIRS = 10
const FRAME_BYTES = 16_384
// Half a second a side.
const BYTES = 8_192 * FRAME_BYTES
// As many as somebody watches side by side.
const RUNS = ['1', '2', '3', '4']

/** Measure 8, throughput: frames of 16 KiB of four terminals to one client that acknowledges, against a plain connection. */
export const bench = {
  id: '8',
  name: 'gateway, 16 KiB frames / plain TCP',
  target: { min: 0.5 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const chunk = Buffer.alloc(FRAME_BYTES, 'x')
    const scene = await openScene({ terminals: endless(chunk, BYTES / RUNS.length) })
    const plain = await openPlain((socket) => pour(socket, chunk, BYTES))
    const pairs = []
    try {
      for (let i = -1; i < PAIRS; i += 1) {
        const { ms: limit } = await peer({ kind: 'drain', port: plain.port, size: BYTES })
        const { port, token } = scene
        const { ms: ours } = await peer({ kind: 'watch', port, token, runs: RUNS, size: BYTES })
        if (i >= 0) pairs.push({ ours: BYTES / ours, limit: BYTES / limit })
      }
    } finally {
      await plain.close()
      await scene.close()
    }
    const best = Math.max(...pairs.map(({ ours }) => ours))
    return { pairs, extra: `up to ${(best / 1_000).toFixed(0)} MB/s` }
  },
}

/** Runs that have printed `size` bytes, without a disk in the way. */
const endless = (chunk: Buffer, size: number): GatewayDeps['terminals'] => ({
  open: (run) =>
    Promise.resolve(
      ok({
        n: Number(run),
        live: true,
        size: () => size,
        read: (from: number, max: number) =>
          Promise.resolve(chunk.subarray(0, Math.min(max, size - from))),
        onGrow: () => () => undefined,
        ended: new Promise<void>(() => undefined),
        close: () => undefined,
      }),
    ),
  input: () => ok(undefined),
  resize: () => ok(undefined),
})
