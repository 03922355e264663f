import type { Run, Session, Task } from '../../../src-shared/contract/index.ts'

/** A run that may have a pane, and what it is for. */
export interface PaneRun {
  run: Run
  /** None: it plans. */
  task?: Task
  /** It will not change any more. */
  isOver: boolean
}

/** All runs of a session, oldest first. */
export function paneRuns(session: Session, planning: readonly Run[] = []): PaneRun[] {
  const ofTasks = session.tasks.flatMap((task) =>
    task.runs.map((run) => ({ run, task, isOver: run.state === 'ended' })),
  )
  const ofPlans = planning.map((run) => ({ run, isOver: run.state === 'ended' }))
  return [...ofPlans, ...ofTasks].sort((a, b) => a.run.n - b.run.n)
}

/** What the user chose by hand, by run: open or closed. */
export type Choices = Readonly<Record<string, 'open' | 'closed'>>

// So many can be read side by side on a laptop; those that work are always shown.
const COMFORTABLE = 4

/**
 * The runs that have a pane, oldest first: all that work, what the user opened, and of what ended the newest while
 * there is room; of a task's earlier runs none.
 */
export function shownRuns(all: readonly PaneRun[], choices: Choices): PaneRun[] {
  const isLast = ({ run, task }: PaneRun) => task === undefined || task.runs.at(-1)?.id === run.id
  const mustShow = (pane: PaneRun) =>
    choices[pane.run.id] === 'open' || (!pane.isOver && choices[pane.run.id] !== 'closed')
  const certain = all.filter(mustShow)
  const room = Math.max(0, COMFORTABLE - certain.length)
  const more = all
    .filter((pane) => !mustShow(pane) && choices[pane.run.id] !== 'closed' && isLast(pane))
    .filter(({ task }) => task !== undefined)
    .slice(room === 0 ? all.length : -room)
  return [...certain, ...more].sort((a, b) => a.run.n - b.run.n)
}

/** How many columns so many panes stand in: 1, 2, 4 (2 × 2), 6 (3 × 2), 9 (3 × 3), then 4. */
export const columnsOf = (count: number): number =>
  count <= 1 ? 1 : count <= 4 ? 2 : count <= 9 ? 3 : 4

/** Milliseconds from its start to its end, or to now. */
export const elapsed = ({ startedAt, endedAt }: Run, now: number): number =>
  Math.max(0, (endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt))

/** A person sits at its terminal. */
export const isTakenOver = (run: Run): boolean => run.cause === 'taken_over'
