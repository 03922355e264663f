import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { taskKinds } from '../../../src-shared/contract/index.ts'
import type { AgentAdapter, LaunchInput, LaunchPlan, Probe, ProbeContext } from '../adapter.ts'
import { explainError } from '../explain.ts'
import { createCodexParser } from './codex-parser.ts'

const SIGN_IN = 'run `codex login`, or give it OPENAI_API_KEY'

/** OpenAI's Codex CLI, headless: `codex exec --json`. Facts tried with 0.169.0. */
export const codexAdapter: AgentAdapter = {
  descriptor: {
    id: 'codex',
    name: 'Codex',
    kinds: taskKinds,
    resume: true,
    structured: true,
    // `exec` never asks; the app-server protocol does, and has no adapter yet.
    approvals: false,
    mcp: true,
    models: [],
    countsConversation: true,
    closing: 'its turn.completed or turn.failed event',
    asking: 'its own sandbox decides: it writes in the worktree only and never asks',
    signIn: SIGN_IN,
  },
  inherits: ['OPENAI_*', 'CODEX_*'],
  probe,
  plan,
  createParser: createCodexParser,
  explain: explainError,
}

/**
 * Sandbox by `-c`, since `exec resume` has no `-s`. The worktree is a private clone, so the check for
 * a repository of its own would only refuse what is meant.
 */
function plan(input: LaunchInput): LaunchPlan {
  const model = input.model ?? input.settings.model
  return {
    command: input.settings.command ?? 'codex',
    args: [
      ...(input.settings.args ?? []),
      'exec',
      ...(input.resume === undefined ? [] : ['resume']),
      ...['--json', '--skip-git-repo-check', '-c', 'sandbox_mode="workspace-write"'],
      ...(model === null ? [] : ['-m', model]),
      ...(input.schema === undefined ? [] : ['--output-schema', join(input.dir, 'schema.json')]),
      ...input.settings.extraArgs,
      ...(input.resume === undefined ? [] : [input.resume]),
      '-',
    ],
    env: {},
    files: [
      { name: 'prompt', content: input.prompt },
      ...(input.schema === undefined
        ? []
        : [{ name: 'schema.json', content: JSON.stringify(input.schema) }]),
    ],
    stdin: 'prompt',
  }
}

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
