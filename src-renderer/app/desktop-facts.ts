import type {
  Alert,
  Approval,
  DesktopCommand,
  DesktopNotice,
} from '../../src-shared/contract/index.ts'
import type { Command } from '../base/index.ts'

// The keys whose names the menu of the system writes as we do; others stand in the list of shortcuts alone.
const MENU_KEYS = /^((Mod|Alt|Shift)\+)*([A-Z0-9]|F\d{1,2}|Enter)$/
// What a notification shows before the system cuts it.
const NOTICE_LENGTH = 200

/** What the menu of the application shows of the commands; `keys` are the user's. Pure. */
export const menuCommands = (
  commands: readonly Command[],
  keysOf: (command: Command) => string | undefined,
): DesktopCommand[] =>
  commands.map((command) => {
    const keys = keysOf(command)
    return {
      id: command.id,
      title: command.title,
      enabled: command.enabled !== false,
      ...(keys !== undefined && MENU_KEYS.test(keys)
        ? { keys: keys.replace('Mod', 'CommandOrControl') }
        : {}),
    }
  })

/** What waits for the user, as the desktop says it: open questions and alerts. Pure. */
export function noticesOf(
  approvals: Readonly<Record<string, Approval>>,
  alerts: Readonly<Record<string, Alert>>,
): DesktopNotice[] {
  const open = Object.values(approvals).filter(({ state }) => state === 'open')
  return [
    ...open.map(({ id, question }) => notice(id, 'A question waits for you', question)),
    ...Object.values(alerts).map(({ id, message }) => notice(id, 'Thalogos', message)),
  ]
}

const notice = (id: string, title: string, body: string): DesktopNotice => ({
  id,
  title,
  body: body.slice(0, NOTICE_LENGTH),
})
