import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { applyGround } from './apply-ground.ts'
import { applySession } from './apply-session.ts'
import { applyTask } from './apply-task.ts'
import type { Projection } from './projection.ts'

/**
 * The projection after an event. Pure; applying what is in it already changes nothing that is seen, so that a
 * snapshot may be newer than the events that follow it. What it does not know, it leaves alone.
 */
function apply(state: Projection, event: StoredEvent): Projection {
  const next = applyTask(applySession(applyGround(state, event), event), event)
  return { ...next, seq: Math.max(state.seq, event.seq) }
}

/** All of them in order. */
export const fold = (state: Projection, events: readonly StoredEvent[]): Projection =>
  events.reduce(apply, state)
