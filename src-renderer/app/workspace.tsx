import { type ComponentType, type ReactNode, Suspense, useEffect } from 'react'
import type { Session } from '../../src-shared/contract/index.ts'
import {
  focus,
  isBoolean,
  loadHistory,
  type SideTab,
  useCommand,
  useFocus,
  useIsLive,
  usePreference,
} from '../base/index.ts'
import { classNames } from '../ui/class-names.ts'
import { Spinner } from '../ui/spinner.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { focusNextRegion } from './focus-region.ts'
import { regions } from './regions.tsx'
import { Splitter, useSize } from './splitter.tsx'

const LIMITS = {
  chat: { first: 360, least: 260, most: 640 },
  side: { first: 400, least: 280, most: 1_100 },
  timeline: { first: 150, least: 96, most: 480 },
} as const

/** One session: chat, agents, what is beside them, and the timeline below. */
export function Workspace({ session }: { session: Session }) {
  const isLive = useIsLive()
  // Also when the gateway is back: it may have gone while it was read.
  useEffect(() => {
    if (isLive) void loadHistory(session.id)
  }, [session.id, isLive])
  const chat = usePart('chat', 'Show or hide the chat', 'Mod+B')
  const side = usePart('side', 'Show or hide the side', 'Mod+Alt+B')
  const timeline = usePart('timeline', 'Show or hide the timeline', 'Mod+J')
  useCommand({ id: 'region.next', title: 'Next region', keys: 'F6', run: () => focusNextRegion(1) })
  useCommand({
    id: 'region.previous',
    title: 'Region before',
    keys: 'Shift+F6',
    run: () => focusNextRegion(-1),
  })
  const { chat: Chat, agents: Agents, timeline: Timeline } = regions
  return (
    <main className="flex min-h-0 grow flex-col">
      <div className="flex min-h-0 grow">
        {Chat && chat.isShown && (
          <>
            <Region label="Chat" style={{ width: chat.size }} className="shrink-0">
              <Chat />
            </Region>
            <Splitter label="Width of the chat" side="before" {...chat.splitter} />
          </>
        )}
        <section
          aria-label="Agents"
          data-region
          tabIndex={-1}
          className="relative min-w-0 grow bg-ground outline-none"
        >
          <h2 className="sr-only">Agents</h2>
          <Loaded>{Agents}</Loaded>
        </section>
        {regions.side.length > 0 && side.isShown && (
          <>
            <Splitter label="Width of the side" side="after" {...side.splitter} />
            <Region label="Side" style={{ width: side.size }} className="shrink-0">
              <Side />
            </Region>
          </>
        )}
      </div>
      {Timeline && timeline.isShown && (
        <>
          <Splitter label="Height of the timeline" side="below" {...timeline.splitter} />
          <Region label="Timeline" style={{ height: timeline.size }} className="shrink-0">
            <Timeline />
          </Region>
        </>
      )}
    </main>
  )
}

function Side() {
  const chosen = useFocus((state) => state.side)
  const shown = regions.side.find(({ id }) => id === chosen) ?? regions.side[0]
  if (!shown) return null
  return (
    <Tabs<SideTab>
      label="Beside the agents"
      value={shown.id}
      onChange={(id) => focus.side(id)}
      items={regions.side}
    >
      <Loaded>{shown.Part}</Loaded>
    </Tabs>
  )
}

/** Features come when they are first shown. */
const Loaded = ({ children: Part }: { children: ComponentType | undefined }) => (
  <Suspense fallback={<Opening />}>{Part && <Part />}</Suspense>
)

const Opening = () => (
  <div className="p-4">
    <Spinner label="Opening …" />
  </div>
)

interface RegionProps {
  label: string
  style: { width?: number; height?: number }
  className: string
  children: ReactNode
}

/** A landmark; F6 goes from one to the next. */
const Region = ({ label, style, className, children }: RegionProps) => (
  <section
    aria-label={label}
    data-region
    tabIndex={-1}
    style={style}
    className={classNames('relative min-w-0 overflow-hidden bg-surface outline-none', className)}
  >
    <h2 className="sr-only">{label}</h2>
    <Suspense fallback={<Opening />}>{children}</Suspense>
  </section>
)

/** A part that can be hidden and resized; both are kept. */
function usePart(name: keyof typeof LIMITS, title: string, keys: string) {
  const [isShown, setShown] = usePreference(`show.${name}`, true, isBoolean)
  const { size, splitter } = useSize(name, LIMITS[name])
  useCommand({ id: `show.${name}`, title, keys, run: () => setShown(!isShown) })
  return { isShown, size, splitter }
}
