import { taskKinds } from '../../../src-shared/contract/index.ts'
import {
  type AgentAdapter,
  INTERRUPTS,
  type InteractivePlan,
  type LaunchInput,
  type LaunchPlan,
  type Probe,
  type ProbeContext,
} from '../adapter.ts'
import { explainError } from '../explain.ts'
import { createAcpParser } from './acp-parser.ts'
import { isSignedIn } from './sign-in.ts'

const SIGN_IN = 'run `gemini` once and choose a way to sign in, or give it GEMINI_API_KEY'

/**
 * Google's Gemini CLI over the Agent Client Protocol: `gemini --acp`, whatever it may do by itself. Facts
 * tried with 0.61.0. Its other form (`-o stream-json`) cannot ask, has no shell where it would have to,
 * and takes no tools of ours without a settings file.
 */
export const geminiAdapter: AgentAdapter = {
  descriptor: {
    id: 'gemini',
    name: 'Gemini',
    kinds: taskKinds,
    resume: true,
    // By the prompt alone: it takes no schema.
    structured: true,
    approvals: true,
    mcp: true,
    models: [],
    closing: 'the stopReason of its prompt',
    asking:
      'it looks around and edits in the worktree by itself; a person is asked for the rest, with `"permissions": "allow"` nobody',
    signIn: SIGN_IN,
  },
  inherits: ['GEMINI_*', 'GOOGLE_*'],
  probe,
  plan,
  planInteractive,
  createParser: createAcpParser,
  explain: explainError,
}

const ENVIRONMENT = {
  // Without a second process of its own a signal reaches it: its launcher passes none on.
  GEMINI_CLI_NO_RELAUNCH: 'true',
  // Read with the settings, before `--skip-trust`: so the settings, hooks and servers that the worktree may
  // carry (an agent can write them) are left alone, whatever folder above it the user trusts.
  GEMINI_CLI_TRUST_WORKSPACE: 'false',
}

/**
 * It asks for every edit, and the parser answers for those in the worktree: left to edit by itself it
 * would write hooks and settings there without a question, and fetch what it likes.
 */
function plan(input: LaunchInput): LaunchPlan {
  return {
    command: commandOf(input),
    args: [...(input.settings.args ?? []), '--acp', ...argumentsOf(input, 'default')],
    // Only what a command prints without a terminal is told in the protocol.
    env: { ...ENVIRONMENT, GEMINI_PTY_INFO: 'child_process' },
    files: [],
    dialogue: true,
  }
}

function planInteractive(input: Omit<LaunchInput, 'prompt' | 'schema'>): InteractivePlan {
  return {
    command: commandOf(input),
    args: [...(input.settings.args ?? []), ...argumentsOf(input, 'auto_edit')],
    env: ENVIRONMENT,
    files: [],
    leave: INTERRUPTS,
  }
}

/**
 * `--resume` makes the dialogue begin nothing: the parser loads the session. But Gemini takes files of the
 * session that it loads for broken ones, and deletes them all when it starts as any other session.
 */
function argumentsOf(input: Omit<LaunchInput, 'prompt' | 'schema'>, mode: string): string[] {
  const { resume, settings } = input
  const model = input.model ?? settings.model
  return [
    '--skip-trust',
    ...['--approval-mode', settings.permissions === 'allow' ? 'yolo' : mode],
    ...(resume === undefined ? [] : ['--resume', resume]),
    ...(model === null ? [] : ['-m', model]),
    ...settings.extraArgs,
  ]
}

const commandOf = ({ settings }: Pick<LaunchInput, 'settings'>): string =>
  settings.command ?? 'gemini'

async function probe({ settings, env, run }: ProbeContext): Promise<Probe> {
  const command = settings.command ?? 'gemini'
  const shown = await run(command, [...(settings.args ?? []), '--version'], ENVIRONMENT)
  const version = /\d+\.\d+\.\d+\S*/.exec(shown.output)?.[0]
  if (shown.missing || version === undefined) {
    const message = shown.missing
      ? `\`${command}\` was not found; install it with \`npm install -g @google/gemini-cli\``
      : `\`${command} --version\` gave no version`
    return { available: false, reason: { code: 'command_missing', message } }
  }
  if (await isSignedIn(env)) return { available: true, version }
  const message = `Gemini is not signed in; ${SIGN_IN}`
  return { available: false, version, reason: { code: 'not_signed_in', message } }
}
