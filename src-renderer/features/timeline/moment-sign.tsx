import { Popover } from 'radix-ui'
import type { Checkpoint, Session } from '../../../src-shared/contract/index.ts'
import { focus, runCommand } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { EvidenceList } from '../../ui/evidence/evidence-list.tsx'
import { clockTime, duration } from '../../ui/format.ts'
import { Tooltip } from '../../ui/tooltip.tsx'
import type { TimeMark } from './model.ts'
import type { Sign } from './scene.ts'

interface MomentSignProps {
  sign: Sign
  titles: ReadonlyMap<string, string>
  session: Session
}

const LOOKS = {
  green: { glyph: '✓', className: 'text-good' },
  red: { glyph: '✗', className: 'text-bad' },
  merge: { glyph: '●', className: 'text-good' },
  conflict: { glyph: '▲', className: 'text-wait' },
  checkpoint: { glyph: '⚑', className: 'text-action' },
} as const

// The size that a pointer needs; the sign itself is smaller.
const BOX_PX = 18

/** Something that happened at a moment; a click opens what it is about, as Enter does at the playhead. */
export function MomentSign({ sign, titles, session }: MomentSignProps) {
  const { kind, x, y, marks } = sign
  const { glyph, className } = LOOKS[kind]
  const words = marks.map((mark) => wordsOf(mark, titles)).join('; ')
  const [mark] = marks
  const button = (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the playhead has the keys
    // biome-ignore lint/a11y/noStaticElementInteractions: for the pointer alone
    <div
      onClick={() => mark?.taskId !== undefined && focus.task(mark.taskId)}
      style={{ left: x - BOX_PX / 2, top: y - BOX_PX / 2, width: BOX_PX, height: BOX_PX }}
      className={classNames(
        'absolute z-10 flex cursor-pointer items-center justify-center rounded-full bg-surface text-small hover:bg-sunken',
        className,
      )}
    >
      {glyph}
    </div>
  )
  if (mark?.kind !== 'checkpoint') return <Tooltip text={words}>{button}</Tooltip>
  return (
    <Popover.Root>
      <Popover.Trigger asChild>{button}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          sideOffset={6}
          collisionPadding={8}
          className="z-40 w-90 animate-rise rounded border border-edge bg-raised p-3 shadow-over"
        >
          <CheckpointCard checkpoint={mark.checkpoint} session={session} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function CheckpointCard({ checkpoint, session }: { checkpoint: Checkpoint; session: Session }) {
  const { n, tag, message, at, commit, evidence } = checkpoint
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium wrap-anywhere">
        <bdi>{message.split('\n', 1)[0]}</bdi>
      </p>
      <p className="font-mono text-code text-soft wrap-anywhere">
        {tag} · {commit.slice(0, 10)} · {clockTime(at)}
      </p>
      {evidence.length > 0 ? (
        <EvidenceList evidence={evidence} />
      ) : (
        <p className="text-soft">Saved without checks.</p>
      )}
      <div className="flex gap-2">
        <Button small onClick={() => runCommand('session.rollback', n)}>
          Roll back here …
        </Button>
        <Button
          small
          tone="quiet"
          onClick={() => {
            focus.task(undefined)
            focus.side('review')
          }}
        >
          All changes of {session.target}
        </Button>
      </div>
    </div>
  )
}

function wordsOf(mark: TimeMark, titles: ReadonlyMap<string, string>): string {
  const title = (mark.taskId !== undefined && titles.get(mark.taskId)) || 'the integration'
  switch (mark.kind) {
    case 'check':
      return `${mark.check} ${mark.isGreen ? 'green' : 'red'} on ${title}, ${duration(mark.durationMs)}`
    case 'merge':
      return `${title} was merged`
    case 'conflict':
      return `${title} conflicts in ${mark.files} files`
    case 'checkpoint':
      return `Checkpoint ${mark.checkpoint.n}: ${mark.checkpoint.message.split('\n', 1)[0]}`
    case 'run':
      return title
  }
}
