import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { duration, oneLine, plural, shortCommit } from './format.ts'
import { lookOf } from './task-words.ts'

/**
 * One event as a plain line for a pipe or a log: time, whom it concerns, what happened. Nothing for
 * events that say little alone (every piece of output); for those `keyOf`, which reads, is not asked.
 */
export function eventLine(
  event: StoredEvent,
  keyOf: (taskId: string) => string | undefined,
): string | undefined {
  const text = describe(event)
  if (text === undefined) return undefined
  const key = event.taskId === undefined ? undefined : keyOf(event.taskId)
  const whom = key === undefined ? '' : `${oneLine(key)}: `
  return `${event.at.slice(11, 19)} ${whom}${oneLine(text)}`
}

function describe(event: StoredEvent): string | undefined {
  switch (event.type) {
    case 'session.created':
      return event.data.uncommitted > 0
        ? `session created; ${plural(event.data.uncommitted, 'uncommitted change')} of yours stay out of it`
        : 'session created'
    case 'session.state_changed':
      return `session is ${event.data.to}${reasonText(event.data.reason)}`
    case 'session.recovered':
      return `recovered: ${event.data.found.join(', ')}`
    case 'plan.proposed':
      return `plan of ${plural(event.data.plan.tasks.length, 'task')} by ${event.data.by}`
    case 'plan.rejected':
      return `plan rejected: ${event.data.message}`
    default:
      return describeWork(event)
  }
}

function describeWork(event: StoredEvent): string | undefined {
  switch (event.type) {
    case 'task.created':
      return `${event.data.key}: ${event.data.title}`
    case 'task.state_changed':
      return `${lookOf(event.data.to).word}${reasonText(event.data.reason)}`
    case 'run.started':
      return `${event.data.run.agent} at work (${event.data.run.cause.replaceAll('_', ' ')})`
    case 'run.ended':
      return `${event.data.run.agent} ${event.data.outcome.replaceAll('_', ' ')}`
    case 'evidence.recorded': {
      const { check, exitCode, durationMs } = event.data.evidence
      return `check ${check} ${exitCode === 0 ? 'green' : 'red'} (${duration(durationMs)})`
    }
    case 'conflict.found':
      return `conflict in ${event.data.files.join(', ')}`
    default:
      return describeSteps(event)
  }
}

function describeSteps(event: StoredEvent): string | undefined {
  switch (event.type) {
    case 'integration.advanced':
      return `integration at ${shortCommit(event.data.to)}`
    case 'checkpoint.saved':
      return `saved as ${event.data.checkpoint.tag}`
    case 'save.refused':
      return `Save refused${reasonText(event.data.reason)}`
    case 'approval.requested':
      return `needs an answer: ${event.data.approval.question}`
    case 'approval.decided':
      return `answered: ${event.data.approval.state}`
    default:
      return undefined
  }
}

const reasonText = (reason: { message: string } | undefined): string =>
  reason ? `: ${reason.message}` : ''
