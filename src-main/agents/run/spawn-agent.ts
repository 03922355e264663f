import { join } from 'node:path'
import { launchLine, MARKER } from '../../base/index.ts'
import { RUN_TOKEN } from '../adapter.ts'
import type { AgentProcess } from '../process/agent-process.ts'
import { spawnPipes } from '../process/pipes.ts'
import { spawnPty } from '../pty/pty.ts'
import type { RunDeps, RunRequest } from '../run-request.ts'
import type { RunFiles } from './run-files.ts'
import type { RunPlan } from './run-plan.ts'

// Wide enough that no CLI wraps its lines for a person; JSON is never wrapped.
const SIZE = { cols: 200, rows: 50 }
// A person's terminal draws all colours; CLIs that cannot ask it go by this.
const FOR_A_PERSON = { COLORTERM: 'truecolor' }

/** Starts a run's process, on pipes when it speaks a protocol, else on a terminal. */
export function spawnAgent(
  deps: Pick<RunDeps, 'agents'>,
  request: RunRequest,
  { plan, files }: { plan: RunPlan; files: RunFiles },
): AgentProcess {
  const line = launchLine({
    command: plan.command,
    args: plan.args,
    cwd: request.worktree,
    env: {
      ...(plan.person === undefined ? {} : FOR_A_PERSON),
      ...deps.agents.environment(request.agent),
      ...plan.env,
      ...request.env,
      TERM: 'xterm-256color',
      ...(request.mcp === undefined ? {} : { [RUN_TOKEN]: request.mcp.token }),
      [MARKER]: request.runId,
    },
    ...inputOf(plan, files),
    // A person sees errors where they are printed.
    ...(plan.person === undefined ? { stderr: files.stderr } : {}),
  })
  if (plan.dialogue === true) return spawnPipes(line)
  const { cols, rows } = plan.person ?? SIZE
  return spawnPty({ ...line, cols, rows })
}

function inputOf({ stdin, dialogue, person }: RunPlan, { dir }: RunFiles) {
  if (dialogue === true || person !== undefined) return { stdin: 'keep' } as const
  return stdin === undefined ? {} : { stdin: { file: join(dir, stdin) } }
}
