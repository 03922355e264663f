import { createInterface } from 'node:readline'
import type { OrchestratorProcess } from './orchestrator-process.ts'

/** An orchestrator that serves, reached as any client reaches it. */
export interface Serving {
  url: string
  token: string
  /** False where another process had the data folder already: it goes on without us. */
  owned: boolean
  /** Resolves with what it said last. */
  ended: Promise<string>
  /** Asks it to end, and waits; another process's is only let go. */
  stop(): Promise<void>
}

export interface ServingDeps {
  start(args: readonly string[]): OrchestratorProcess
  /** Resolves when the gateway at `url` is gone: nobody listens there. */
  gone(url: string): Promise<string>
}

const SERVE = ['serve', '--json', '--reuse'] as const
// What an end shows of its last words.
const LAST_WORDS = 2_000
// An agent that has to be killed takes 13 s to end (agents/escalation.ts); then what is left is written.
const STOP_MS = 20_000

/**
 * Starts `serve --json` and waits for its first line; where the data folder is served already, that is the other
 * one's address, and the process ends.
 */
export async function startServing({ start, gone }: ServingDeps): Promise<Serving> {
  const child = start(SERVE)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LAST_WORDS)
  })
  const first = await Promise.race([
    firstLine(child),
    child.exited.then((how) => new Error(said.trim() || how)),
  ])
  if (first instanceof Error) throw first
  const { url, token, reused } = JSON.parse(first) as First
  if (reused) return letGo({ url, token, owned: false }, gone(url))
  return {
    url,
    token,
    owned: true,
    ended: child.exited.then((how) => said.trim() || how),
    async stop() {
      child.end()
      const timer = setTimeout(child.kill, STOP_MS)
      await child.exited
      clearTimeout(timer)
    },
  }
}

function letGo(other: Omit<Serving, 'ended' | 'stop'>, gone: Promise<string>): Serving {
  let release = () => undefined as undefined
  const released = new Promise<string>((resolve) => {
    release = () => void resolve('It was let go.')
  })
  return {
    ...other,
    ended: Promise.race([gone, released]),
    stop: () => Promise.resolve(release()),
  }
}

interface First {
  url: string
  token: string
  reused?: boolean
}

const firstLine = ({ stdout }: OrchestratorProcess): Promise<string> =>
  new Promise((resolve) => {
    createInterface({ input: stdout }).once('line', resolve)
  })
