import { lazy, Suspense } from 'react'
import type { Message } from '../../../src-shared/contract/index.ts'
import { classNames } from '../../ui/class-names.ts'
import { clockTime } from '../../ui/format.ts'

const Markdown = lazy(async () => ({ default: (await import('./markdown.tsx')).Markdown }))

const NAMES = { user: 'You', orchestrator: 'Thalogos', agent: 'Agent' } as const

/** What somebody said. */
export function MessageBubble({ message: { author, text, at } }: { message: Message }) {
  const isMine = author === 'user'
  return (
    <article className={classNames('wrap-anywhere', isMine && 'ml-8 rounded bg-sunken px-3 py-2')}>
      <header className="flex justify-between text-small text-soft">
        <span>{NAMES[author]}</span>
        <time dateTime={at}>{clockTime(at)}</time>
      </header>
      {isMine ? (
        <p dir="auto" className="whitespace-pre-wrap">
          {text}
        </p>
      ) : (
        <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
          <Markdown text={text} />
        </Suspense>
      )}
    </article>
  )
}
