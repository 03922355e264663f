import { newRunId, printableLine, runProcess } from '../base/index.ts'

/** A command line of the project (a check, a setup), run as its user would in a shell, with nothing of ours. */
export interface CommandRunner {
  run(command: {
    line: string
    cwd: string
    timeoutSeconds: number
    signal: AbortSignal
  }): Promise<CommandEnd>
}

export interface CommandEnd {
  /** Null when it did not end by itself: timeout, abort, signal. */
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
}): CommandRunner {
  return {
    async run({ line, cwd, timeoutSeconds, signal }) {
      const windows = process.platform === 'win32'
      const end = await runProcess({
        command: windows ? 'cmd.exe' : '/bin/sh',
        args: windows ? ['/d', '/s', '/c', line] : ['-c', line],
        cwd,
        env: { ...deps.environment(), THALOGOS_RUN: newRunId() },
        timeoutMs: timeoutSeconds * 1_000,
        signal,
      })
      const { exitCode, aborted, durationMs, output } = end
      const how = end.timedOut
        ? `did not end within ${timeoutSeconds} s`
        : `ended with ${exitCode ?? end.signal}`
      const last = printableLine(
        output.subarray(-2_000).toString('utf8').trim().split('\n').at(-1) ?? '',
      )
      return { exitCode, aborted, durationMs, output, summary: last ? `${how}: ${last}` : how }
    },
  }
}
