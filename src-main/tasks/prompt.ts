import type { ProjectConfig, RunCause } from '../../src-shared/contract/index.ts'
import { printable } from '../base/index.ts'

// The end of a log says what failed; more than this only crowds out the task itself.
const MAX_LOG = 16_000
// A patch larger than this is quicker redone than read.
const MAX_PATCH = 48_000

export interface PromptInput {
  goal: string
  title: string
  prompt: string
  files: readonly string[]
  checks: ProjectConfig['checks']
  cause: RunCause
  /** The failed check of the last try. */
  failedCheck?: { name: string; command: string; log: string }
  /** An earlier result that could not be integrated. */
  earlier?: { why: string; patch: string }
  /** What the user said to this task's agent, oldest first. */
  notes?: readonly string[]
}

/** The words an agent gets for one run: the task first, then what it must know, then how to finish. */
export function composePrompt(input: PromptInput): string {
  const notes = input.notes ?? []
  const sections = [
    input.prompt.trim(),
    `This is the task "${input.title}", one part of the goal:\n${quote(input.goal)}`,
    input.files.length > 0 ? `It is expected to touch: ${input.files.join(', ')}` : undefined,
    notes.length > 0 ? `The user says:\n${notes.map(quote).join('\n>\n')}` : undefined,
    input.cause === 'interrupted'
      ? 'You were interrupted. The working directory is as you left it; go on where you stopped.'
      : undefined,
    input.cause === 'handed_back'
      ? 'The user has worked with you in this conversation and in this working directory meanwhile. Keep what was done and settled there, and finish the task.'
      : undefined,
    input.failedCheck ? failedCheck(input.failedCheck) : undefined,
    input.earlier
      ? `An earlier result of this task could not be integrated (${input.earlier.why}). The repository has moved on since. Do the task again on its present state; this was the earlier change, for reference only:\n\n${fence(cut(input.earlier.patch, MAX_PATCH))}`
      : undefined,
    howToFinish(input.checks),
  ]
  return `${sections.filter((section) => section !== undefined).join('\n\n')}\n`
}

function failedCheck(check: { name: string; command: string; log: string }): string {
  return `Your change is in the working directory, but the check "${check.name}" (\`${check.command}\`) failed on it. Mend it; do not weaken the check. The end of its output:\n\n${fence(lastPart(printable(check.log), MAX_LOG), 'check-log')}`
}

function howToFinish(checks: ProjectConfig['checks']): string {
  const verified =
    checks.length > 0
      ? ` Afterwards these checks are run on it: ${checks.map((check) => `\`${check.run}\``).join(', ')}.`
      : ''
  return `Work only inside the current directory, a checkout of the repository made for this task. Leave the result in the files: it is committed for you.${verified} Do not push, and do not start anything that outlives you. End with a short summary of what you did.`
}

const quote = (text: string) => text.trim().replace(/^/gm, '> ')

/** A fence longer than any in the text, so that the text cannot end it. */
function fence(text: string, label = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length))
  const marks = '`'.repeat(longest + 1)
  return `${marks}${label}\n${text}\n${marks}`
}

const cut = (text: string, max: number) =>
  text.length > max ? `${text.slice(0, max)}\n[cut: ${text.length - max} more characters]` : text

const lastPart = (text: string, max: number) =>
  text.length > max ? `[cut: ${text.length - max} characters before]\n${text.slice(-max)}` : text
