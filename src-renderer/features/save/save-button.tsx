import { ChevronDown, Eye, Flag, History, Save } from 'lucide-react'
import type { Session } from '../../../src-shared/contract/index.ts'
import {
  isMacHere,
  showKeys,
  useCommand,
  useFocus,
  useIsLive,
  useProjection,
} from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { open } from './open.ts'
import { saveLabel } from './save-label.ts'
import { usePreview } from './use-preview.ts'

/** The one primary button: says what Save would do, or why it cannot yet; the evidence is a click away. */
export function SaveButton() {
  const id = useFocus((state) => state.session)
  const session = useProjection(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  return session ? <Ready session={session} /> : null
}

function Ready({ session }: { session: Session }) {
  const isLive = useIsLive()
  const { preview } = usePreview(session)
  const { text, isReady } = saveLabel(preview, session)
  const isPast = session.state === 'draft'
  useCommand({
    id: 'session.save',
    title: 'Save …',
    keys: 'Mod+S',
    enabled: isLive && !isPast,
    run: () => open({ dialog: 'save' }),
  })
  useCommand({
    id: 'session.rollback',
    title: 'Roll back …',
    enabled: isLive && session.checkpoints.length > 0,
    run: (checkpoint) =>
      open({ dialog: 'rollback', ...(typeof checkpoint === 'number' ? { checkpoint } : {}) }),
  })
  if (isPast) return null
  return (
    <div className="flex shrink-0 items-center gap-px">
      <Button
        tone={isReady ? 'primary' : 'plain'}
        icon={Save}
        disabled={!isLive}
        className="rounded-r-none"
        onClick={() => open({ dialog: 'save' })}
      >
        {text}
      </Button>
      <Menu
        label="Save"
        trigger={
          <Button
            tone={isReady ? 'primary' : 'plain'}
            aria-label="More about Save"
            disabled={!isLive}
            className="rounded-l-none px-1.5"
          >
            <ChevronDown aria-hidden size={13} />
          </Button>
        }
        items={[
          {
            id: 'preview',
            label: 'What Save would do …',
            icon: Eye,
            keys: showKeys('Mod+S', isMacHere()),
            onSelect: () => open({ dialog: 'save' }),
          },
          {
            id: 'finish',
            label: 'Save and finish the session …',
            icon: Flag,
            onSelect: () => open({ dialog: 'save', finish: true }),
          },
          'line',
          {
            id: 'history',
            label: 'Checkpoints and Roll back …',
            icon: History,
            disabled: session.checkpoints.length === 0,
            onSelect: () => open({ dialog: 'rollback' }),
          },
        ]}
      />
    </div>
  )
}
