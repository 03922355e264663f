import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { spawnPty } from '../../src-main/agents/pty/pty.ts'
import { scratchFolder } from './sample-tree.ts'
import { peer } from './stream/scene.ts'
import { openStage } from './stream/stage.ts'

const PAIRS = 10
// Over half a second a side at the pace of a terminal's parser.
const BYTES = 8_000_000

/**
 * Measure 6: what a program prints at once, from its terminal through the runner and the gateway into the parser
 * of a client that acknowledges what it has parsed; against the slower of the bare terminal and the bare parser.
 */
export const bench = {
  id: '6',
  name: 'terminal to parser / slower of bare terminal, bare parser',
  target: { min: 0.8 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const dir = scratchFolder()
    const bytes = sampleOutput(BYTES)
    const file = join(dir, 'output')
    writeFileSync(file, bytes)
    const stage = await openStage(dir, {
      printer: { command: '/bin/sh', interactive: { args: printerOf(file), leave: 'q' } },
    })
    const wanted = crc32(bytes, crc32(READY))
    const pairs = []
    const limits = { terminal: 0, parser: 0 }
    try {
      for (let i = -1; i < PAIRS; i += 1) {
        const terminal = await bareTerminal(printerOf(file), bytes.length)
        const parser = bytes.length / (await peer({ kind: 'parse', bytes })).ms
        const { run, handle } = await stage.start('printer', { isInteractive: true })
        const { port, token } = stage
        const size = bytes.length + READY.length
        const shown = await peer({ kind: 'show', port, token, run, size })
        await handle.done
        if (shown.crc !== wanted) throw new Error('bytes were lost or changed')
        const pair = { ours: bytes.length / shown.ms, limit: Math.min(terminal, parser) }
        if (i < 0) continue
        limits.terminal += terminal / PAIRS
        limits.parser += parser / PAIRS
        pairs.push(pair)
      }
    } finally {
      await stage.close()
      rmSync(dir, { recursive: true, force: true })
    }
    const megabytes = (rate: number) => `${(rate / 1_000).toFixed(0)} MB/s`
    return {
      pairs,
      extra: `no byte lost; terminal ${megabytes(limits.terminal)}, parser ${megabytes(limits.parser)}`,
    }
  },
}

const READY = '.'
/** Says that it is ready, waits for a line feed, then prints the file as it is. */
const printerOf = (file: string): string[] => [
  '-c',
  `stty raw -echo; printf ${READY}; read -r begin; exec cat "$0"`,
  file,
]

/** Coloured lines, as test runners and compilers print them. */
function sampleOutput(size: number): Buffer {
  const lines = Array.from(
    { length: 1_000 },
    (_, i) =>
      `\u001b[32m✓\u001b[0m \u001b[2msrc/part${i % 25}/file${i}.ts\u001b[0m › grüßt the ${i}th reader \u001b[33m${i * 7} ms\u001b[0m\r\n`,
  )
  const block = Buffer.from(lines.join(''))
  return Buffer.concat(Array<Buffer>(Math.ceil(size / block.length)).fill(block))
}

/** Bytes a millisecond that the terminal itself gives. */
function bareTerminal(args: readonly string[], size: number): Promise<number> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '' }
    const pty = spawnPty({ file: '/bin/sh', args, env, cols: 120, rows: 40 })
    let got = 0
    let begin = 0
    pty.onData((chunk) => {
      if (got === 0) {
        begin = performance.now()
        pty.write('\n')
      }
      got += chunk.length
      if (got === size + READY.length) resolve(size / (performance.now() - begin))
    })
  })
}
