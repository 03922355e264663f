import { resolve } from 'node:path'
import type { PlanInput } from '../../../src-shared/contract/index.ts'
import type { Orchestrator } from '../client/orchestrator-client.ts'
import { readPlan } from '../input-files.ts'
import { type CommandContext, EXIT, explain, withData } from './context.ts'
import type { SessionRequest } from './live-run.ts'
import { runSession } from './session-run.ts'

export interface RunOptions {
  repo: string
  goal: string
  plan?: string
  agents: string[]
  config?: string
  data?: string
  save: boolean
  allowUnchecked: boolean
  trust: boolean
  json: boolean
}

/** One session in the terminal; answers with the exit code. */
export async function runCommand(context: CommandContext, options: RunOptions): Promise<number> {
  let plan: PlanInput | undefined
  if (options.plan !== undefined) {
    const read = readPlan(options.plan)
    if (!read.ok) {
      explain(context.screen, read.error)
      return EXIT.usage
    }
    plan = read.value
  }
  const goal = options.goal === '-' ? await context.screen.input() : options.goal
  const request: SessionRequest = {
    repo: resolve(options.repo),
    goal,
    trust: options.trust,
    resume: true,
    ...(plan ? { plan } : {}),
    ...(options.agents.length > 0 ? { agents: options.agents } : {}),
  }
  const code = await withData(context, { ...options, shared: true }, (opened) => {
    sayElsewhere(context, opened.orchestrator, options)
    return runSession({ context, ...opened, ...options }, request)
  })
  return code ?? EXIT.usage
}

/** What is different when it is the orchestrator of another process that works. */
function sayElsewhere(
  { screen }: CommandContext,
  { elsewhere }: Orchestrator,
  { config }: RunOptions,
): void {
  if (!elsewhere) return
  screen.note(`Process ${elsewhere.pid} already serves this data folder: the session runs there.`)
  if (config !== undefined) screen.note('Its agents and limits apply; --config is not used.')
}
