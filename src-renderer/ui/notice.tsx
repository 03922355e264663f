import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export type NoticeTone = 'info' | 'good' | 'wait' | 'bad'

const LOOKS = {
  info: { icon: Info, text: 'text-soft', ground: 'bg-raised' },
  good: { icon: CircleCheck, text: 'text-good', ground: 'bg-good-soft' },
  wait: { icon: TriangleAlert, text: 'text-wait', ground: 'bg-wait-soft' },
  bad: { icon: CircleAlert, text: 'text-bad', ground: 'bg-bad-soft' },
} as const

interface NoticeProps {
  tone: NoticeTone
  /** What happened. */
  title: ReactNode
  /** What was kept, and what to do next. */
  text?: ReactNode
  /** The buttons that do it. */
  actions?: ReactNode
}

/** Says something that matters, in its place. */
export function Notice({ tone, title, text, actions }: NoticeProps) {
  const { icon: Icon, text: colour, ground } = LOOKS[tone]
  return (
    <div className={classNames('flex gap-2 rounded border px-3 py-2', ground)}>
      <Icon aria-hidden size={15} className={classNames('mt-[3px] shrink-0', colour)} />
      <div className="min-w-0 grow wrap-anywhere">
        <p className="font-medium">{title}</p>
        {text !== undefined && <div className="mt-0.5 text-soft">{text}</div>}
        {actions !== undefined && <div className="mt-2 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  )
}
