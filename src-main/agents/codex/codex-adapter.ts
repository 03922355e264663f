import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { taskKinds } from '../../../src-shared/contract/index.ts'
import {
  type AgentAdapter,
  INTERRUPTS,
  type InteractiveInput,
  type InteractivePlan,
  type LaunchInput,
  type LaunchPlan,
  type Probe,
  type ProbeContext,
  RUN_TOKEN,
} from '../adapter.ts'
import { explainError } from '../explain.ts'
import { createCodexParser } from './codex-parser.ts'

const SIGN_IN = 'run `codex login`, or give it OPENAI_API_KEY'

/** OpenAI's Codex CLI over its app server. Facts tried with 0.169.0 and 0.160.0. */
export const codexAdapter: AgentAdapter = {
  descriptor: {
    id: 'codex',
    name: 'Codex',
    kinds: taskKinds,
    resume: true,
    structured: true,
    approvals: true,
    mcp: true,
    models: [],
    closing: 'its turn/completed message',
    asking:
      'its own sandbox lets it work in the worktree; a person is asked before it goes beyond, with `"permissions": "allow"` nobody',
    signIn: SIGN_IN,
  },
  inherits: ['OPENAI_*', 'CODEX_*'],
  probe,
  plan,
  planInteractive,
  createParser: createCodexParser,
  explain: explainError,
}

/** Sandbox, approvals, model, schema and prompt are said in the protocol: `exec` could not ask. */
function plan(input: LaunchInput): LaunchPlan {
  return {
    command: input.settings.command ?? 'codex',
    args: [
      ...(input.settings.args ?? []),
      'app-server',
      ...toolArguments(input),
      ...input.settings.extraArgs,
    ],
    env: {},
    files: [],
    dialogue: true,
  }
}

function planInteractive(input: InteractiveInput): InteractivePlan {
  const { resume, settings, worktree } = input
  const model = input.model ?? settings.model
  return {
    command: settings.command ?? 'codex',
    args: [
      ...(settings.args ?? []),
      ...(resume === undefined ? [] : ['resume']),
      // The worktree is ours and new: its dialog about trust has nothing to ask.
      ...['-c', `projects={${toml(worktree)}={trust_level="trusted"}}`],
      ...(model === null ? [] : ['-m', model]),
      ...toolArguments(input),
      ...settings.extraArgs,
      ...(resume === undefined ? [] : [resume]),
    ],
    env: {},
    files: [],
    leave: INTERRUPTS,
  }
}

/** Our tools; Codex reads the token from its environment. */
const toolArguments = ({ mcp }: InteractiveInput): string[] =>
  mcp === undefined
    ? []
    : [
        '-c',
        `mcp_servers.thalogos={url=${toml(mcp.url)},bearer_token_env_var="${RUN_TOKEN}",default_tools_approval_mode="approve"}`,
      ]

/** A basic string of TOML (toml.io, 1.0.0, "String"): JSON's escapes are a part of its own. */
const toml = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f')

async function probe({ settings, env, run }: ProbeContext): Promise<Probe> {
  const command = settings.command ?? 'codex'
  const shown = await run(command, [...(settings.args ?? []), '--version'])
  const version = /\d+\.\d+\.\d+\S*/.exec(shown.output)?.[0]
  if (shown.missing || version === undefined) {
    const message = shown.missing
      ? `\`${command}\` was not found; install it with \`npm install -g @openai/codex\``
      : `\`${command} --version\` gave no version`
    return { available: false, reason: { code: 'command_missing', message } }
  }
  if (await isSignedIn(settings.extraArgs, env)) return { available: true, version }
  const message = `Codex is not signed in; ${SIGN_IN}`
  return { available: false, version, reason: { code: 'not_signed_in', message } }
}

/** A key, a stored login, or a model provider of the user's own, which may need neither. */
async function isSignedIn(
  extraArgs: readonly string[],
  env: ProbeContext['env'],
): Promise<boolean> {
  if (env['OPENAI_API_KEY'] || env['CODEX_API_KEY']) return true
  if (extraArgs.some((argument) => argument.startsWith('model_provider'))) return true
  const home = env['CODEX_HOME'] ?? join(env['HOME'] ?? env['USERPROFILE'] ?? '/', '.codex')
  const [login, config] = await Promise.all([
    access(join(home, 'auth.json')).then(
      () => true,
      () => false,
    ),
    readFile(join(home, 'config.toml'), 'utf8').catch(() => ''),
  ])
  return login || /^\s*model_provider\s*=/m.test(config)
}
