import { doctorLines } from '../terminal/result-view.ts'
import { type CommandContext, EXIT, withData } from './context.ts'

/** What is installed, signed in, usable, and what to do about the rest. 0 when work could start. */
export async function doctorCommand(
  context: CommandContext,
  options: { data?: string; config?: string; json: boolean },
): Promise<number> {
  const code = await withData(context, options, async ({ orchestrator }) => {
    const report = await orchestrator.doctor()
    const { screen } = context
    if (options.json) screen.line(JSON.stringify(report))
    else for (const line of doctorLines(report, screen.paint)) screen.line(line)
    const usable = !('missing' in report.git) && report.agents.some(({ available }) => available)
    return usable ? EXIT.done : EXIT.incomplete
  })
  return code ?? EXIT.incomplete
}
