import { useEffect, useMemo, useRef } from 'react'
import type { Session } from '../../../src-shared/contract/index.ts'
import { useFocus, useProjection } from '../../base/index.ts'
import { Notice } from '../../ui/notice.tsx'
import { announce } from '../../ui/toast.tsx'
import { ApprovalCard } from './approval-card.tsx'
import { type ChatItem, chatItems } from './chat-items.ts'
import { Composer } from './composer.tsx'
import { MessageBubble } from './message-bubble.tsx'
import { PlanCard } from './plan-card.tsx'
import { PlanEditor } from './plan-editor.tsx'
import { Suspended } from './suspended.tsx'
import { TroubleCard } from './trouble-card.tsx'

/** The chat of the session that is open. */
export function Chat() {
  const id = useFocus((state) => state.session)
  const session = useProjection(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  return session ? <Talk session={session} /> : null
}

function Talk({ session }: { session: Session }) {
  const messages = useProjection((state) => state.messages)
  const approvals = useProjection((state) => state.approvals)
  const recovered = useProjection((state) => state.recovered)
  const items = useMemo(
    () => chatItems(session, { messages, approvals, recovered }),
    [session, messages, approvals, recovered],
  )
  const end = useStickyEnd(items.length)
  useAnnounced(items)
  return (
    <div className="flex h-full flex-col">
      <div
        ref={end}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
        tabIndex={0}
        role="log"
        aria-label="Talk"
        aria-live="off"
        className="flex min-h-0 grow flex-col gap-3 overflow-y-auto p-3"
      >
        <p
          dir="auto"
          className="ml-8 rounded bg-sunken px-3 py-2 whitespace-pre-wrap wrap-anywhere"
        >
          {session.goal}
        </p>
        {session.state === 'draft' ? (
          <PlanEditor session={session} />
        ) : (
          <PlanCard session={session} />
        )}
        {items.map((item) => (
          <Item key={item.id} item={item} />
        ))}
        {session.state === 'suspended' && <Suspended session={session} />}
      </div>
      <Composer session={session} />
    </div>
  )
}

function Item({ item }: { item: ChatItem }) {
  switch (item.kind) {
    case 'message':
      return <MessageBubble message={item.message} />
    case 'approval':
      return <ApprovalCard approval={item.approval} />
    case 'trouble':
      return <TroubleCard task={item.task} />
    case 'saved':
      return (
        <Notice
          tone="good"
          title={<bdi>Saved: {item.checkpoint.message.split('\n', 1)[0]}</bdi>}
          text={<code className="font-mono text-code">{item.checkpoint.tag}</code>}
        />
      )
    case 'recovered':
      return (
        <Notice
          tone="info"
          title="Thalogos was stopped and found this again:"
          text={item.found.map((line) => <p key={line}>{line}</p>)}
        />
      )
  }
}

/** Keeps the end in sight while the user is there; who reads further up is left alone. */
function useStickyEnd(length: number) {
  const frame = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    const element = frame.current
    const onScroll = () => {
      if (!element) return
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX
    }
    element?.addEventListener('scroll', onScroll)
    return () => element?.removeEventListener('scroll', onScroll)
  }, [])
  useEffect(() => {
    if (length > 0 && isAtEnd.current) frame.current?.scrollTo({ top: frame.current.scrollHeight })
  }, [length])
  return frame
}

// About two lines: nobody who scrolled up by that meant to.
const NEAR_PX = 48

/** Says a new question once, also to whoever does not see the page. */
function useAnnounced(items: readonly ChatItem[]): void {
  const open = items.filter((item) => item.kind === 'approval' && item.approval.state === 'open')
  const newest = open.at(-1)
  const said = useRef<string>(undefined)
  useEffect(() => {
    if (newest?.kind !== 'approval' || said.current === newest.id) return
    said.current = newest.id
    announce(`A question waits for you: ${newest.approval.question}`)
  }, [newest])
}
