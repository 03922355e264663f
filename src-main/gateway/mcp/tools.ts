import * as z from 'zod'
import type { Log } from '../../base/index.ts'
import type { GatewayRuns } from '../port.ts'
import { toolQuestion } from './question.ts'

interface ToolDeps {
  runs: GatewayRuns
  log: Log
}

/** Whose agent calls; `signal` aborts when it waits no longer. */
export interface ToolCall {
  runId: string
  signal: AbortSignal
}

/** What the agent of a run may ask of us. The answer is a text for its model, or for the CLI itself. */
export interface AgentTool {
  name: string
  description: string
  input: z.ZodObject
  run(input: unknown, call: ToolCall): Promise<string>
}

const permission = z.object({
  tool_name: z.string().min(1).max(200),
  input: z.record(z.string(), z.unknown()),
  tool_use_id: z.string().max(200).optional(),
})

/** The table of tools: a new one is one more entry. */
export const createTools = ({ runs, log }: ToolDeps): readonly AgentTool[] => [
  defineTool({
    name: 'approve',
    // Claude Code calls it by itself (--permission-prompt-tool), and lists it to its model all the same.
    description:
      'Asks the person at Thalogos whether a tool may be used. It is called for you when that is needed; do not call it yourself.',
    input: permission,
    async run({ tool_name, input }, { runId, signal }) {
      const deny = (message: string) => JSON.stringify({ behavior: 'deny', message })
      try {
        const { decision, note } = await runs.ask(runId, toolQuestion(tool_name, input), signal)
        if (decision === 'deny') return deny(note || 'The user denied it.')
        return JSON.stringify({ behavior: 'allow', updatedInput: input })
      } catch (error) {
        log.error('a permission could not be asked for', { runId, error })
        return deny('It could not be asked; the log of Thalogos says why.')
      }
    },
  }),
]

/** Ties the input's schema to what `run` gets. */
const defineTool = <S extends z.ZodObject>(
  tool: Omit<AgentTool, 'input' | 'run'> & {
    input: S
    run(input: z.output<S>, call: ToolCall): Promise<string>
  },
): AgentTool => ({ ...tool, run: (input, call) => tool.run(tool.input.parse(input), call) })
