/** The agents at work: a pane for each run, with its terminal. */
import { lazy } from 'react'

/** Comes with the terminal and the panes, which the first page does without. */
export const AgentPanes = lazy(async () => ({
  default: (await import('./agent-panes.tsx')).AgentPanes,
}))
