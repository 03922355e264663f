import { resolve } from 'node:path'
import { ok, silentLog } from '../../base/index.ts'
import { defaultDataDir } from '../data-folder.ts'
import { readConfig } from '../input-files.ts'
import { doctorLines } from '../terminal/doctor-view.ts'
import { type CommandContext, EXIT, explain } from './context.ts'

/** What is installed, signed in, usable, and what to do about the rest. 0 when work could start. */
export async function doctorCommand(
  context: CommandContext,
  options: { data?: string; config?: string; json: boolean },
): Promise<number> {
  const { screen, resourcesDir, version } = context
  const config = options.config === undefined ? ok(undefined) : readConfig(options.config)
  if (!config.ok) {
    explain(screen, config.error)
    return EXIT.usage
  }
  const report = await context.examine({
    dataDir: resolve(options.data ?? defaultDataDir()),
    config: config.value,
    resourcesDir,
    version,
    log: silentLog,
  })
  if (options.json) screen.line(JSON.stringify(report))
  else for (const line of doctorLines(report, screen.paint)) screen.line(line)
  const usable =
    'version' in report.git &&
    ('sqlite' in report.data.state || 'owner' in report.data.state) &&
    report.agents.some(({ available }) => available)
  return usable ? EXIT.done : EXIT.incomplete
}
