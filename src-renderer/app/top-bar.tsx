import {
  ChevronDown,
  House,
  Pause,
  Play,
  Settings as SettingsIcon,
  TriangleAlert,
} from 'lucide-react'
import type { Session } from '../../src-shared/contract/index.ts'
import { call, focus, runCommand, useIsLive, useProjection } from '../base/index.ts'
import { Button } from '../ui/button.tsx'
import { count, money } from '../ui/format.ts'
import { Mark, sessionLooks } from '../ui/mark.tsx'
import { Menu } from '../ui/menu.tsx'
import { toast } from '../ui/toast.tsx'
import { regions } from './regions.tsx'
import { alertsShown, loadOf } from './session-facts.ts'

/** Where one is, how it goes, and what can be done about it. */
export function TopBar({ session }: { session: Session | undefined }) {
  const { palette: Palette, save: Save } = regions
  return (
    <header
      data-region
      tabIndex={-1}
      className="flex h-10 shrink-0 items-center gap-3 border-b bg-surface px-3 outline-none"
    >
      <Places session={session} />
      {session && <Title session={session} />}
      <div className="grow" />
      {Palette && <Palette />}
      <div className="grow" />
      {session && <Load session={session} />}
      <Alerts />
      {session && Save && <Save />}
    </header>
  )
}

/** The project's name, and the way to the other sessions. */
function Places({ session }: { session: Session | undefined }) {
  const sessions = useProjection((state) => state.sessions)
  const others = Object.values(sessions)
    .filter(({ id }) => id !== session?.id)
    .toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt))
    .slice(0, MOST_PLACES)
  return (
    <Menu
      label="Places"
      trigger={
        <Button tone="quiet" className="font-semibold text-strong">
          Thalogos
          <ChevronDown aria-hidden size={13} />
        </Button>
      }
      items={[
        { id: 'home', label: 'Home', icon: House, onSelect: () => focus.session() },
        {
          id: 'settings',
          label: 'Settings',
          icon: SettingsIcon,
          onSelect: () => runCommand('settings.open'),
        },
        ...(others.length > 0 ? (['line'] as const) : []),
        ...others.map(({ id, goal }) => ({
          id,
          label: goal.slice(0, 80),
          onSelect: () => focus.session(id),
        })),
      ]}
    />
  )
}

// The rest is on the home page.
const MOST_PLACES = 8

function Title({ session }: { session: Session }) {
  return (
    <div className="flex min-w-0 items-center gap-2">
      <h1 dir="auto" title={session.goal} className="max-w-100 min-w-0 truncate font-medium">
        {session.goal.split('\n', 1)[0]}
      </h1>
      <Mark {...sessionLooks[session.state]} />
      <Standing session={session} />
    </div>
  )
}

/** Stops all work of the session, and lets it go on. */
function Standing({ session: { id, state } }: { session: Session }) {
  const isLive = useIsLive()
  const ask = async (name: 'suspendSession' | 'resumeSession') => {
    const done = await call(name, { session: id })
    if (!done.ok) toast(done.error.message, { tone: 'bad' })
  }
  if (state === 'active') {
    return (
      <Button
        tone="quiet"
        small
        icon={Pause}
        disabled={!isLive}
        onClick={() => void ask('suspendSession')}
      >
        Pause
      </Button>
    )
  }
  if (state !== 'suspended') return null
  return (
    <Button
      tone="quiet"
      small
      icon={Play}
      disabled={!isLive}
      onClick={() => void ask('resumeSession')}
    >
      Resume
    </Button>
  )
}

function Load({ session }: { session: Session }) {
  const { running, queued } = loadOf(session)
  return (
    <p className="shrink-0 text-small text-soft tabular-nums">
      {running} running · {queued} queued · {money(session.usage.costUsd)}
    </p>
  )
}

function Alerts() {
  const alerts = useProjection((state) => state.alerts)
  const shown = alertsShown(alerts)
  if (shown.length === 0) return null
  return (
    <Menu
      label="Alerts"
      trigger={
        <Button tone="quiet" small icon={TriangleAlert} className="text-wait">
          {count(shown.length, 'alert')}
        </Button>
      }
      items={shown.map(({ id, message, sessionId, taskId }) => ({
        id,
        label: message,
        onSelect: () => {
          if (sessionId !== undefined) focus.session(sessionId)
          if (taskId !== undefined) focus.task(taskId)
        },
      }))}
    />
  )
}
