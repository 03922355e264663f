import type {
  Approval,
  Checkpoint,
  Message,
  Session,
  Task,
} from '../../../src-shared/contract/index.ts'
import type { Projection } from '../../base/index.ts'

/** One thing in the chat below the plan; `at` orders them. */
export type ChatItem =
  | { kind: 'message'; id: string; at: string; message: Message }
  | { kind: 'approval'; id: string; at: string; approval: Approval }
  | { kind: 'trouble'; id: string; at: string; task: Task }
  | { kind: 'saved'; id: string; at: string; checkpoint: Checkpoint }
  | { kind: 'recovered'; id: string; at: string; found: readonly string[] }

type Known = Pick<Projection, 'messages' | 'approvals' | 'recovered'>

/** What is in the chat of a session, oldest first; what still needs the user comes last. Pure. */
export function chatItems(session: Session, known: Known): ChatItem[] {
  const { id, tasks, checkpoints, updatedAt } = session
  const found = known.recovered[id] ?? []
  const items: ChatItem[] = [
    ...(known.messages[id] ?? []).filter(isNotGoal(session)).map((message) => ({
      kind: 'message' as const,
      id: `m${message.id}`,
      at: message.at,
      message,
    })),
    ...Object.values(known.approvals)
      .filter(({ sessionId, state }) => sessionId === id && state !== 'withdrawn')
      .map((approval) => ({
        kind: 'approval' as const,
        id: `a${approval.id}`,
        at: approval.at,
        approval,
      })),
    // The first is where it began, not something that was saved.
    ...checkpoints
      .filter(({ n }) => n > 0)
      .map((checkpoint) => ({
        kind: 'saved' as const,
        id: `c${checkpoint.n}`,
        at: checkpoint.at,
        checkpoint,
      })),
    ...tasks.filter(isInTrouble).map((task) => ({
      kind: 'trouble' as const,
      id: `t${task.id}`,
      at: task.updatedAt,
      task,
    })),
    ...(found.length > 0
      ? [{ kind: 'recovered' as const, id: 'recovered', at: updatedAt, found }]
      : []),
  ]
  return items.sort((a, b) => rank(a) - rank(b) || a.at.localeCompare(b.at))
}

/** The first word of the user is the goal, which stands above all. */
const isNotGoal =
  ({ goal }: Session) =>
  ({ author, text }: Message): boolean =>
    author !== 'user' || text !== goal

const isInTrouble = ({ state }: Task): boolean => state === 'failed' || state === 'conflicted'

const rank = (item: ChatItem): number =>
  (item.kind === 'approval' && item.approval.state === 'open') || item.kind === 'trouble' ? 1 : 0
