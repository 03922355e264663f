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
import { createClaudeParser } from './claude-parser.ts'
import { isSignedIn } from './claude-sign-in.ts'

const SIGN_IN = 'run `claude` and then `/login`, or give it ANTHROPIC_API_KEY'

/** Anthropic's Claude Code, headless: `claude -p --output-format stream-json`. Facts tried with 2.1.120 and 2.1.197. */
export const claudeAdapter: AgentAdapter = {
  descriptor: {
    id: 'claude',
    name: 'Claude Code',
    kinds: taskKinds,
    resume: true,
    structured: true,
    approvals: true,
    mcp: true,
    models: ['opus', 'sonnet', 'haiku'],
    closing: 'its result event',
    asking:
      'it edits in the worktree by itself; a person is asked before everything else that it would ask, with `"permissions": "allow"` nobody',
    signIn: SIGN_IN,
  },
  // Not CLAUDE_*: a Claude Code from which Thalogos was started has set some that belong to that conversation.
  inherits: [
    ...['ANTHROPIC_*', 'CLAUDE_CONFIG_DIR', 'CLAUDE_CODE_OAUTH_TOKEN', 'CLAUDE_CODE_API_KEY_*'],
    ...[
      'CLAUDE_CODE_USE_*',
      'CLAUDE_CODE_SKIP_*',
      'CLAUDE_CODE_CLIENT_*',
      'CLAUDE_CODE_CERT_STORE',
    ],
    ...[
      'CLAUDE_CODE_DISABLE_*',
      'CLAUDE_CODE_ENABLE_*',
      'CLAUDE_CODE_MAX_*',
      'CLAUDE_CODE_EFFORT_LEVEL',
    ],
    ...['CLAUDE_CODE_SUBAGENT_MODEL', 'CLAUDE_CODE_EXTRA_BODY', 'CLAUDE_CODE_SHELL'],
    ...[
      'DISABLE_AUTOUPDATER',
      'DISABLE_TELEMETRY',
      'DISABLE_ERROR_REPORTING',
      'DISABLE_PROMPT_CACHING*',
    ],
    ...['BASH_DEFAULT_TIMEOUT_MS', 'BASH_MAX_TIMEOUT_MS', 'MAX_THINKING_TOKENS'],
  ],
  inheritsWith: {
    CLAUDE_CODE_USE_BEDROCK: ['AWS_*'],
    CLAUDE_CODE_USE_VERTEX: ['GOOGLE_*', 'GCLOUD_PROJECT', 'CLOUD_ML_REGION', 'VERTEX_REGION_*'],
    CLAUDE_CODE_USE_FOUNDRY: ['AZURE_*'],
  },
  probe,
  plan,
  planInteractive,
  createParser: createClaudeParser,
  explain: explainError,
}

const MCP_CONFIG = 'mcp.json'
const SERVER = 'thalogos'
// Milliseconds: a person may answer tomorrow. Node's timers hold no more than 2^31 - 1.
const PATIENCE_MS = '2000000000'

function plan(input: LaunchInput): LaunchPlan {
  const { schema, settings } = input
  return {
    command: settings.command ?? 'claude',
    args: [
      ...(settings.args ?? []),
      ...['-p', '--output-format', 'stream-json', '--verbose'],
      ...sharedArguments(input),
      ...askingArguments(input),
      // Taken only as it stands; it holds nothing of the user's.
      ...(schema === undefined ? [] : ['--json-schema', JSON.stringify(schema)]),
      ...settings.extraArgs,
    ],
    env: { ...environment(input), ...HEADLESS },
    files: [{ name: 'prompt', content: input.prompt }, ...mcpFiles(input)],
    stdin: 'prompt',
  }
}

function planInteractive(input: InteractiveInput): InteractivePlan {
  const { settings } = input
  return {
    command: settings.command ?? 'claude',
    args: [...(settings.args ?? []), ...sharedArguments(input), ...settings.extraArgs],
    env: {
      ...environment(input),
      // The worktree is ours and new: its dialog about trust has nothing to ask.
      CLAUDE_CODE_SANDBOXED: '1',
    },
    files: mcpFiles(input),
    // Its question about a command heeds Escape alone.
    leave: `\u001b${INTERRUPTS}`,
  }
}

function sharedArguments(input: InteractiveInput): string[] {
  const { mcp, resume, settings } = input
  const model = input.model ?? settings.model
  return [
    ...(resume === undefined ? [] : ['--resume', resume]),
    ...(model === null ? [] : ['--model', model]),
    ...(settings.permissions === 'allow'
      ? ['--permission-mode', 'bypassPermissions']
      : ['--permission-mode', 'acceptEdits']),
    // Strict: ours stands in the place of all servers that the user or the worktree configures: what those
    // start or ask is not for a run of ours.
    ...(mcp === undefined
      ? []
      : ['--mcp-config', join(input.dir, MCP_CONFIG), '--strict-mcp-config']),
  ]
}

/** Whom it asks when nobody sits at a terminal; without our tools its own denial stands. */
const askingArguments = ({ mcp, settings }: LaunchInput): string[] =>
  mcp === undefined || settings.permissions === 'allow'
    ? []
    : ['--permission-prompt-tool', `mcp__${SERVER}__approve`]

/** Claude fills the token in from its environment. */
function mcpFiles({ mcp }: InteractiveInput): LaunchPlan['files'] {
  if (mcp === undefined) return []
  const server = {
    type: 'http',
    url: mcp.url,
    headers: { Authorization: `Bearer \${${RUN_TOKEN}}` },
  }
  return [{ name: MCP_CONFIG, content: JSON.stringify({ mcpServers: { [SERVER]: server } }) }]
}

const HEADLESS = {
  // What it leaves working in the background ends it with its turn, five seconds later, finished or not.
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
}

function environment({ settings }: InteractiveInput): Record<string, string> {
  const isRoot = process.getuid?.() === 0
  return {
    MCP_TOOL_TIMEOUT: PATIENCE_MS,
    // As root it refuses to skip its questions unless it is told that it stands in a sandbox.
    ...(settings.permissions === 'allow' && isRoot ? { IS_SANDBOX: '1' } : {}),
  }
}

async function probe({ settings, env, run }: ProbeContext): Promise<Probe> {
  const command = settings.command ?? 'claude'
  const shown = await run(command, [...(settings.args ?? []), '--version'])
  const version = /\d+\.\d+\.\d+\S*/.exec(shown.output)?.[0]
  if (shown.missing || version === undefined) {
    const message = shown.missing
      ? `\`${command}\` was not found; install it with \`npm install -g @anthropic-ai/claude-code\``
      : `\`${command} --version\` gave no version`
    return { available: false, reason: { code: 'command_missing', message } }
  }
  if (await isSignedIn(env)) return { available: true, version }
  const message = `Claude Code is not signed in; ${SIGN_IN}`
  return { available: false, version, reason: { code: 'not_signed_in', message } }
}
