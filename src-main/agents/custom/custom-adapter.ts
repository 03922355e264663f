import { join } from 'node:path'
import { type AgentSettings, taskKinds } from '../../../src-shared/contract/index.ts'
import type {
  AgentAdapter,
  InteractiveInput,
  InteractivePlan,
  LaunchInput,
  LaunchPlan,
  Probe,
  ProbeContext,
} from '../adapter.ts'
import { explainError } from '../explain.ts'
import { createJsonLinesParser } from './json-lines-parser.ts'
import { createTextParser } from './text-parser.ts'

// What stands in an argument for the path of the file that holds the prompt.
const PROMPT_FILE = '{promptFile}'

/**
 * Any command as an agent. The prompt comes on standard input, or in the file that `{promptFile}` in
 * one of its arguments names. Its output is text, or JSON lines (json-lines-parser.ts).
 */
export function createCustomAdapter(id: string, settings: AgentSettings): AgentAdapter {
  const structured = settings.output === 'json-lines'
  return {
    descriptor: {
      id,
      name: id,
      kinds: taskKinds,
      resume: false,
      structured: false,
      approvals: false,
      mcp: false,
      models: [],
      asking: 'it never asks',
      closing: structured
        ? 'its result line'
        : 'its exit code: with text output, zero is all there is as a closing statement',
    },
    // Nothing beyond the common variables: what it needs stands in its `env`.
    inherits: [],
    probe,
    plan,
    ...(settings.interactive ? { planInteractive } : {}),
    createParser: structured ? createJsonLinesParser : createTextParser,
    explain: explainError,
  }
}

function plan(input: LaunchInput): LaunchPlan {
  const given = [...(input.settings.args ?? []), ...input.settings.extraArgs]
  const args = given.map((argument) =>
    argument.replaceAll(PROMPT_FILE, () => join(input.dir, 'prompt')),
  )
  const named = given.some((argument) => argument.includes(PROMPT_FILE))
  return {
    command: input.settings.command ?? '',
    args,
    env: {},
    files: [{ name: 'prompt', content: input.prompt }],
    ...(named ? {} : { stdin: 'prompt' }),
  }
}

function planInteractive({ settings, resume = '' }: InteractiveInput): InteractivePlan {
  const { args = [], leave = '' } = settings.interactive ?? {}
  return {
    command: settings.command ?? '',
    args: args.map((argument) => argument.replaceAll('{session}', () => resume)),
    env: {},
    files: [],
    leave,
  }
}

/** Whether the command exists is all that can be known without running it for real. */
async function probe({ settings, run }: ProbeContext): Promise<Probe> {
  const command = settings.command ?? ''
  const line = 'command -v -- "$0" >/dev/null 2>&1'
  const windows = process.platform === 'win32'
  const found = windows
    ? await run('where', [command])
    : await run('/bin/sh', ['-c', line, command])
  if (found.exitCode === 0) return { available: true }
  const message = `\`${command}\` was not found or cannot be executed`
  return { available: false, reason: { code: 'command_missing', message } }
}
