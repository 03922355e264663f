import type { AgentAdapter, LaunchInput, LaunchPlan, OutputParser } from '../adapter.ts'
import type { RunRequest } from '../run-request.ts'

/** How a run is started and what is made of its output. */
export interface RunPlan extends LaunchPlan {
  parser: OutputParser
  /** It is for a person at a terminal of this size; `leave` is what is typed to leave it. */
  person?: { cols: number; rows: number; leave: string }
}

/** Undefined for an interactive run of an agent that has no interactive form. */
export function planRun(
  adapter: AgentAdapter,
  input: LaunchInput,
  { interactive }: RunRequest,
): RunPlan | undefined {
  if (interactive === undefined) {
    return { ...adapter.plan(input), parser: adapter.createParser(input) }
  }
  const { prompt: _, schema: _schema, ...rest } = input
  const plan = adapter.planInteractive?.(rest)
  if (plan === undefined) return undefined
  const { leave, ...launch } = plan
  return { ...launch, parser: SILENT, person: { ...interactive, leave } }
}

/** What a program draws for a person says nothing to us: it is kept, and that is all. */
const SILENT: OutputParser = { push: () => [], end: () => [] }
