import { join, resolve } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { attach } from './client/attach.ts'
import { parseCommandLine } from './command-line.ts'
import { EXIT, explain } from './commands/context.ts'
import { examine } from './doctor.ts'
import { watchInterruption } from './interruption.ts'
import { openOrchestrator } from './orchestrator.ts'
import { createScreen } from './terminal/screen.ts'

// The bundle stands in out/main, this source in src-main/app: the program's own files are two up.
const home = resolve(import.meta.dirname, '../..')

/** Runs the command of `args` to its end and answers with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const screen = createScreen()
  const interruption = watchInterruption()
  const { version } = packageJson
  try {
    const parsed = await parseCommandLine(args, { screen, version })
    if ('exitCode' in parsed) return parsed.exitCode
    return await parsed.job({
      open: openOrchestrator,
      attach,
      examine,
      screen,
      signal: interruption.signal,
      resourcesDir: join(home, 'resources'),
      pageDir: join(home, 'out/renderer'),
      version,
    })
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    explain(screen, { code: 'internal', message })
    return EXIT.incomplete
  } finally {
    interruption.close()
  }
}

// A command that never came to its end has not succeeded, whatever made the process end.
process.exitCode = EXIT.incomplete
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    // Only a failure to say a failure comes here.
    process.stderr.write(`${String(error)}\n`)
    process.exitCode = EXIT.incomplete
  },
)
