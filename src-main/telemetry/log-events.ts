import type { EventDraft, EventType, StoredEvent } from '../../src-shared/contract/index.ts'
import type { Log, LogFields } from '../base/index.ts'
import type { Events } from '../events/index.ts'

/**
 * Writes a line for what happens from now on, with the ids of what it is about: the log alone tells the story of
 * a session. Of an event's data only states, codes and numbers are taken: no word of a person or an agent. Ends
 * when the returned function is called.
 */
export function logEvents(events: Pick<Events, 'subscribe'>, log: Log): () => void {
  return events.subscribe((event) => {
    if (!UNTOLD.has(event.type)) log.info(event.type, fieldsOf(event))
  })
}

/** What comes by the hundred, and stands in a transcript or a file anyway. */
const UNTOLD: ReadonlySet<EventType> = new Set<EventType>(['run.output', 'run.reported'])

/** The fields of the line for an event. Pure. */
function fieldsOf(event: StoredEvent): LogFields {
  const { seq, actor, type, sessionId, taskId, runId } = event
  const tell = details[type] as ((data: unknown) => LogFields) | undefined
  return { seq, actor, sessionId, taskId, runId, ...tell?.(event.data) }
}

const details: { [T in EventType]?: (data: EventDraft<T>['data']) => LogFields } = {
  'session.state_changed': ({ from, to, reason }) => ({ from, to, code: reason?.code }),
  'plan.proposed': ({ plan, by }) => ({ tasks: plan.tasks.length, by }),
  'task.state_changed': ({ from, to, reason, agent, commit }) => ({
    from,
    to,
    code: reason?.code,
    agent,
    commit,
  }),
  'run.started': ({ run: { n, agent, cause } }) => ({ n, agent, cause }),
  'run.ended': ({ outcome, leftovers, run: { n, agent, reason, usage } }) => ({
    n,
    agent,
    outcome,
    code: reason?.code,
    leftovers,
    usage,
  }),
  'evidence.recorded': ({ evidence: { tree, exitCode, durationMs } }) => ({
    tree,
    exitCode,
    durationMs,
  }),
  'integration.advanced': ({ from, to }) => ({ from, to }),
  'conflict.found': ({ files, ours, theirs }) => ({ files: files.length, ours, theirs }),
  'snapshot.taken': ({ snapshot: { commit, cause } }) => ({ commit, cause }),
  'checkpoint.saved': ({ checkpoint: { n, tag, commit } }) => ({ n, tag, commit }),
  'save.refused': ({ reason }) => ({ code: reason.code }),
  'rollback.done': ({ mode, checkpoint: { n, tag, commit } }) => ({ n, tag, commit, mode }),
  'rollback.refused': ({ reason }) => ({ code: reason.code }),
  'approval.requested': ({ approval: { id, kind } }) => ({ approval: id, kind }),
  'approval.decided': ({ approval: { id, kind, state } }) => ({ approval: id, kind, state }),
  'agent.changed': ({ agent: { id, available, reason } }) => ({
    agent: id,
    available,
    code: reason?.code,
  }),
  'alert.raised': ({ alert: { id, agent } }) => ({ alert: id, agent }),
  'alert.cleared': ({ alert: { id, agent } }) => ({ alert: id, agent }),
  'settings.changed': ({ key }) => ({ key }),
}
