import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import {
  endMarked,
  newRunId,
  type ProcessEnd,
  printableLine,
  runProcess,
} from '../../base/index.ts'

/** A command line of the project (a check, a setup), run as its user would in a shell, with nothing of ours. */
export interface CommandRunner {
  run(command: {
    line: string
    cwd: string
    timeoutSeconds: number
    signal: AbortSignal
  }): Promise<CommandEnd>
  /** For the start: ends what is left of commands that an earlier process did not see end. */
  recover(): Promise<void>
}

export interface CommandEnd {
  /** Null when its time was up or it was aborted; 128 + n when signal n ended it, as shells say it. */
  exitCode: number | null
  aborted: boolean
  durationMs: number
  /** Standard output and error as they came. */
  output: Buffer
  /** One line on how it ended. */
  summary: string
}

export function createCommandRunner(deps: {
  /** The complete environment such a command may see. */
  environment: () => Readonly<Record<string, string>>
  /** A folder of ours: holds one name for each command under way, by which it is found after a crash. */
  dir: string
}): CommandRunner {
  return {
    async run({ line, cwd, timeoutSeconds, signal }) {
      const marker = newRunId()
      const note = join(deps.dir, marker)
      await mkdir(note, { recursive: true, mode: 0o700 })
      await writeFile(join(note, 'cwd'), cwd)
      const windows = process.platform === 'win32'
      const removed = () => rm(note, { recursive: true, force: true })
      const end = await runProcess({
        command: windows ? 'cmd.exe' : '/bin/sh',
        args: windows ? ['/d', '/s', '/c', line] : ['-c', line],
        cwd,
        ownsFolder: true,
        env: { ...deps.environment(), THALOGOS_RUN: marker },
        timeoutMs: timeoutSeconds * 1_000,
        signal,
      }).finally(removed)
      const { aborted, durationMs, output } = end
      const exitCode = exitCodeOf(end)
      const how = end.timedOut
        ? `did not end within ${timeoutSeconds} s`
        : `ended with ${end.signal ?? exitCode}`
      const last = lastLine(output)
      return { exitCode, aborted, durationMs, output, summary: last ? `${how}: ${last}` : how }
    },

    async recover() {
      await mkdir(deps.dir, { recursive: true, mode: 0o700 })
      for (const marker of await readdir(deps.dir)) {
        await endMarked(marker, await readFolder(join(deps.dir, marker, 'cwd')))
        await rm(join(deps.dir, marker), { recursive: true, force: true })
      }
    },
  }
}

/** Where the command worked; by it those of its processes are found that shed their marker. */
async function readFolder(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** What ends only because it is told to has not passed, whatever it says on its way out. */
function exitCodeOf({ exitCode, signal, timedOut, aborted }: ProcessEnd): number | null {
  if (timedOut || aborted) return null
  return (
    exitCode ??
    128 + (Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0)
  )
}

// The last words of a command say why it failed; 2,000 bytes hold its last line.
const lastLine = (output: Buffer): string =>
  printableLine(output.subarray(-2_000).toString('utf8').trim().split('\n').at(-1) ?? '')
