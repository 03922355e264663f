import { useMemo } from 'react'
import { projectionAt } from '../projection/past.ts'
import type { Projection } from '../projection/projection.ts'
import { useFocus } from './focus.ts'
import { useProjection, useWorld } from './world.ts'

/** A part of what is known now, or of what was known at the playhead of the open session. */
export function useShown<T>(select: (projection: Projection) => T): T {
  const session = useFocus((focus) => focus.session)
  const playhead = useFocus((focus) => focus.playhead)
  const history = useWorld((world) =>
    session === undefined || playhead === undefined ? undefined : world.history[session],
  )
  const now = useProjection(select)
  const past = useMemo(
    () => (history && playhead !== undefined ? projectionAt(history, playhead) : undefined),
    [history, playhead],
  )
  return past ? select(past) : now
}

/** When the event at the playhead happened; undefined when now is shown. */
export function useShownTime(): string | undefined {
  const { session, playhead } = useFocus((focus) => focus)
  const history = useWorld((world) => (session === undefined ? undefined : world.history[session]))
  if (playhead === undefined) return undefined
  return history?.findLast(({ seq }) => seq <= playhead)?.at
}
