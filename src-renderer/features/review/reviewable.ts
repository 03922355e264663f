import type { Task } from '../../../src-shared/contract/index.ts'

type State = Pick<Task, 'state'>

/** Yes is said to what is merged; before, the checks decide. */
export const canApprove = ({ state }: State): boolean => state === 'integrated'

/** Work goes back once no agent is at it: as a task that mends what is merged, or as another try. */
export const canSendBack = ({ state }: State): boolean =>
  ['integrated', 'failed', 'conflicted', 'cancelled'].includes(state)
