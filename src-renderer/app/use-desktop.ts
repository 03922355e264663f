import { useEffect } from 'react'
import {
  desktop,
  isTheme,
  keysOf,
  runCommand,
  useCommands,
  usePreference,
  useProjection,
} from '../base/index.ts'
import { menuCommands, noticesOf } from './desktop-facts.ts'

/** Tells the desktop app what it shows outside of the page: menu, badge, notifications, theme. Nothing in a browser. */
export function useDesktop(): void {
  // As text, so that it is told only when something changed.
  const commands = JSON.stringify(menuCommands(useCommands(), keysOf))
  const approvals = useProjection((state) => state.approvals)
  const alerts = useProjection((state) => state.alerts)
  const [theme] = usePreference('theme', 'system', isTheme)
  useEffect(() => desktop?.onCommand((id) => runCommand(id)), [])
  useEffect(() => {
    void desktop?.setCommands(JSON.parse(commands))
  }, [commands])
  useEffect(() => {
    void desktop?.setTheme(theme)
  }, [theme])
  useEffect(() => {
    const notices = noticesOf(approvals, alerts)
    void desktop?.setBadge(notices.length)
    for (const notice of notices) void desktop?.notify(notice)
  }, [approvals, alerts])
}
