import type { RunEnd, RunRequest } from '../../../src-main/agents/index.ts'
import type { ModelScript } from '../../model-service/index.ts'
import type { FragmentInput } from '../fragment.ts'
import type { AgentClis } from '../install.ts'

/** What is recorded of one adapter: `record.ts` runs it, for the tests of its parser. */
export interface Play {
  /** The adapter's folder below src-main/agents. */
  folder: string
  scripts: readonly ModelScript[]
  /** The configured agents, by id. */
  agents(clis: AgentClis, given: Omit<FragmentInput, 'command'>): Record<string, object>
  perform(record: Recorder): Promise<void>
}

/** Runs one agent as the application does, and keeps what it prints as the recording `name`. */
export type Recorder = (
  agent: string,
  name: string,
  request: Pick<RunRequest, 'prompt' | 'resume' | 'schema' | 'mcp' | 'model'> & {
    /** What a person answers to whatever it asks. */
    decision?: 'allow' | 'deny'
  },
) => Promise<RunEnd>

/** A small plan, and the schema that a planner is asked to answer in. */
export const plan = { tasks: [{ title: 'One', prompt: 'Do it.' }] }
export const planSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['tasks'],
  properties: { tasks: { type: 'array', items: { type: 'object' } } },
}
