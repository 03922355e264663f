import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export interface Display {
  /** What a program on it finds in its environment. */
  env: Readonly<Record<string, string>>
  close(): Promise<void>
}

// The largest window that is looked at, in colours as a laptop shows them.
const SCREEN = '2560x1600x24'

/** A screen that nobody sits at: an X server of its own on Linux; elsewhere the desktop that there is. */
export async function openDisplay(): Promise<Display> {
  if (process.platform !== 'linux') return { env: {}, close: () => Promise.resolve() }
  const args = ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset']
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()))
  const number = await new Promise<string>((resolve, reject) => {
    // It takes the first number that is free, and says which.
    createInterface({ input: server.stdio[3] as Readable }).once('line', resolve)
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)))
  })
  return {
    env: { DISPLAY: `:${number}` },
    async close() {
      server.kill()
      await ended
    },
  }
}
