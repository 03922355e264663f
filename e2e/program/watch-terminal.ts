import type { ProcessExit } from '../../src-main/agents/process/agent-process.ts'
import { spawnPty } from '../../src-main/agents/pty/pty.ts'
import { commandLine, userEnvironment } from './program.ts'
import { createSmallTerminal } from './small-terminal.ts'

/** Called at each picture; what it types, it types once per key. */
type Act = (lines: string[], write: (keys: string, once?: string) => void) => void

/** Runs the program on a terminal of its own, keeps every picture, and lets `act` type. */
export async function watchTerminal(args: string[], home: string, act?: Act) {
  const [file, rest] = commandLine(args)
  const env = { ...userEnvironment(home), NO_COLOR: '1' }
  const pty = spawnPty({ file, args: rest, env, cols: 120, rows: 40 })
  const terminal = createSmallTerminal()
  const decoder = new TextDecoder()
  const seen: string[][] = []
  const typed = new Set<string>()
  pty.onData((chunk) => {
    terminal.write(decoder.decode(chunk, { stream: true }))
    seen.push(terminal.lines())
    act?.(terminal.lines(), (keys, once = keys) => {
      if (typed.has(once)) return
      typed.add(once)
      pty.write(keys)
    })
  })
  const end = await new Promise<ProcessExit>((resolve) => pty.onExit(resolve))
  return { seen, end, terminal }
}
