import { type ReactNode, useEffect } from 'react'
import { isMacHere, runByKey, useFocus, useProjection, useWorld } from '../base/index.ts'
import { Home } from '../features/home/index.ts'
import { Spinner } from '../ui/spinner.tsx'
import { Toasts } from '../ui/toast.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { useAddress } from './address.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { NoWay } from './no-way.tsx'
import { overlays } from './regions.tsx'
import { TopBar } from './top-bar.tsx'
import { useDesktop } from './use-desktop.ts'
import { Workspace } from './workspace.tsx'

// Long enough to read without stopping, short enough not to wait for.
const TOOLTIP_MS = 400

/** Everything on the page. */
export function App({ hasToken }: { hasToken: boolean }) {
  useKeys()
  return (
    <TooltipProvider delayDuration={TOOLTIP_MS}>
      <Page hasToken={hasToken} />
      <Toasts />
    </TooltipProvider>
  )
}

function Page({ hasToken }: { hasToken: boolean }) {
  const connection = useWorld((state) => state.connection)
  const isKnown = useWorld(({ version }) => version !== '')
  if (!hasToken || connection === 'refused') return <NoWay isRefused={hasToken} />
  if (!isKnown) {
    return (
      <Centre>
        <Spinner label={connection === 'lost' ? 'Waiting for Thalogos to answer …' : 'Opening …'} />
      </Centre>
    )
  }
  return <Opened />
}

function Opened() {
  useAddress()
  useDesktop()
  const id = useFocus((state) => state.session)
  const session = useProjection(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  useEffect(() => {
    document.title = session ? `${session.goal.slice(0, 80)} – Thalogos` : 'Thalogos'
  }, [session])
  return (
    <div className="flex h-full min-w-0 flex-col">
      <TopBar session={session} />
      <ConnectionBanner />
      {session ? <Workspace key={session.id} session={session} /> : <Home />}
      {overlays.map(({ id: key, Part }) => (
        <Part key={key} />
      ))}
    </div>
  )
}

const Centre = ({ children }: { children: ReactNode }) => (
  <main className="flex h-full items-center justify-center">{children}</main>
)

/** One listener for all commands; what somebody types stays theirs, unless a modifier says otherwise. */
function useKeys(): void {
  useEffect(() => {
    const isMac = isMacHere()
    const onKey = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement &&
        (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName))
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1
      if (event.defaultPrevented || (isTyping && isPlain)) return
      if (runByKey(event, isMac)) event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
