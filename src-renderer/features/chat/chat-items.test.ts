import { expect, it } from 'vitest'
import type { Approval, Message, Session, Task } from '../../../src-shared/contract/index.ts'
import { chatItems } from './chat-items.ts'

const at = (second: number) => `2026-01-01T10:00:0${second}.000Z`
const message = (id: number, author: Message['author'], text: string) =>
  ({ id, sessionId: 's', author, text, at: at(id) }) as Message

it('has what was said and done in order, what needs the user last, and the goal only once', () => {
  const session = {
    id: 's',
    goal: 'The goal',
    updatedAt: at(9),
    tasks: [
      { id: 't1', state: 'failed', updatedAt: at(1) },
      { id: 't2', state: 'integrated', updatedAt: at(2) },
    ] as Task[],
    checkpoints: [
      { n: 0, at: at(0) },
      { n: 1, at: at(4) },
    ],
  } as Session
  const approval = (id: string, state: Approval['state']) =>
    ({ id, sessionId: 's', state, at: at(2) }) as Approval
  const items = chatItems(session, {
    messages: { s: [message(1, 'user', 'The goal'), message(3, 'orchestrator', 'Done.')] },
    approvals: {
      open: approval('open', 'open'),
      old: approval('old', 'allowed'),
      gone: approval('gone', 'withdrawn'),
      other: { ...approval('other', 'open'), sessionId: 'elsewhere' },
    },
    recovered: {},
  })
  expect(items.map(({ id }) => id)).toEqual(['aold', 'm3', 'c1', 'tt1', 'aopen'])
})
