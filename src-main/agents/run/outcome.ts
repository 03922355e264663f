import type { Reason } from '../../../src-shared/contract/index.ts'
import { LAUNCHER_MISSING, LAUNCHER_SAYS, printable, printableLine } from '../../base/index.ts'
import type { AgentAdapter, Closing } from '../adapter.ts'
import type { Verdict } from '../run-request.ts'

/** Why the runner itself put an end to a run. */
export type Stop = 'cancelled' | 'interrupted' | 'timed_out'

/** All that is known once a process has ended. */
export interface Ending {
  closing?: Closing
  stop?: Stop
  /** What kept the runner from doing its part (no terminal, a full disk). */
  fault?: Reason
  exitCode: number | null
  signal: string | null
  /** The end of its error output. */
  stderr: string
}

// A reason stands on a card and in a list: a paragraph, not a log.
const QUOTE_CHARS = 600

/**
 * How the run ended: by its own closing event, never by its exit code. A success that arrives after
 * the time was up, or while Thalogos was stopping, still counts; after the user cancelled it does not.
 */
export function judge(
  ending: Ending,
  agent: Pick<AgentAdapter, 'descriptor' | 'explain'>,
): Verdict {
  const { closing, stop } = ending
  const { name } = agent.descriptor
  const refusal = refusalOf(ending, name)
  if (refusal) return { outcome: 'crashed', reason: refusal }
  if (stop === 'cancelled') return stopped('cancelled', `${name} was stopped because you cancelled`)
  if (closing?.ok) {
    return {
      outcome: 'succeeded',
      ...(closing.answer === undefined ? {} : { answer: closing.answer }),
    }
  }
  if (stop === 'interrupted') return stopped('interrupted', `${name} was stopped with Thalogos`)
  if (stop === 'timed_out') return stopped('timed_out', `${name} was stopped when its time was up`)
  if (closing) {
    const message = `${name} said: ${printableLine(closing.message, QUOTE_CHARS)}`
    return { outcome: 'failed', reason: { code: closing.code, message } }
  }
  return { outcome: 'crashed', reason: ending.fault ?? crashReason(ending, agent) }
}

/**
 * How an interactive run ended. There is no closing event: a person who left it, by its own keys or through
 * ours, is done; what the exit code says then is no more than that.
 */
export function judgeInteractive(
  ending: Ending & { isLeft: boolean },
  agent: Pick<AgentAdapter, 'descriptor' | 'explain'>,
): Verdict {
  const { stop, fault, signal, isLeft } = ending
  const { name } = agent.descriptor
  const refusal = refusalOf(ending, name)
  if (refusal) return { outcome: 'crashed', reason: refusal }
  if (stop === 'cancelled') return stopped(stop, `${name} was closed because you cancelled`)
  if (stop !== undefined) return stopped(stop, `${name} was closed with Thalogos`)
  if (fault) return { outcome: 'crashed', reason: fault }
  if (signal === null || isLeft) return { outcome: 'succeeded' }
  return {
    outcome: 'crashed',
    reason: { code: 'run_crashed', message: `${name} ended with signal ${signal}` },
  }
}

const stopped = (outcome: Stop, message: string): Verdict => ({
  outcome,
  reason: { code: `run_${outcome}`, message },
})

/** The launcher's own words: the agent never started, so nothing else can have a meaning. */
function refusalOf({ stderr, exitCode }: Ending, name: string): Reason | undefined {
  if (!stderr.startsWith(LAUNCHER_SAYS) || exitCode === null) return undefined
  const words = printableLine(stderr.slice(LAUNCHER_SAYS.length), QUOTE_CHARS)
  return {
    code: LAUNCHER_MISSING.includes(exitCode) ? 'command_missing' : 'run_crashed',
    message: `${name} could not be started: ${words}`,
  }
}

function crashReason(
  ending: Ending,
  { descriptor, explain }: Pick<AgentAdapter, 'descriptor' | 'explain'>,
): Reason {
  const { exitCode, signal, stderr } = ending
  const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`
  const words = printable(stderr).trim()
  const quote = words === '' ? '' : `. Its last words: ${lastPart(words)}`
  return {
    code: explain(stderr) ?? 'run_crashed',
    message: `${descriptor.name} ended with ${how} and without a closing statement (${descriptor.closing})${quote}`,
  }
}

const lastPart = (text: string): string =>
  text.length > QUOTE_CHARS ? `…${text.slice(-QUOTE_CHARS)}` : text
