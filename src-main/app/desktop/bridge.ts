import {
  app,
  type BrowserWindow,
  dialog,
  type IpcMainInvokeEvent,
  ipcMain,
  Notification,
  nativeTheme,
} from 'electron'
import { z } from 'zod'
import type { DesktopMessage, DesktopRequest } from '../../../src-shared/contract/index.ts'
import { addressOf } from './link-rules.ts'
import { showMenu } from './menu.ts'

export interface BridgeDeps {
  /** The window that may ask, if it is open. */
  window(): BrowserWindow | undefined
  /** Where its page comes from. */
  origin(): string | undefined
}

// Far more than any page of ours has; a page that went wrong must not fill the machine.
const MAX_COMMANDS = 200
const MAX_NOTICES = 1_000

const noticeSchema = z.strictObject({
  id: z.string().min(1).max(200),
  title: z.string().max(200),
  body: z.string().max(1_000),
})
const commandsSchema = z
  .array(
    z.strictObject({
      id: z.string().min(1).max(200),
      title: z.string().min(1).max(200),
      keys: z
        .string()
        .regex(/^[\w+ ]{1,60}$/)
        .optional(),
      enabled: z.boolean(),
    }),
  )
  .max(MAX_COMMANDS)

/** Answers the page's requests (src-shared/contract/desktop.ts): those of its own top frame and origin, and no other. */
export function openBridge({ window, origin }: BridgeDeps): void {
  const answer = <T>(request: DesktopRequest, schema: z.ZodType<T>, act: (value: T) => unknown) =>
    ipcMain.handle(request, (event, value: unknown) => {
      if (!isOurs(event, window(), origin())) throw new Error('refused')
      return act(schema.parse(value))
    })
  const noticed = new Set<string>()
  answer('thalogos:choose-folder', z.undefined(), () => chooseFolder(window()))
  answer('thalogos:notify', noticeSchema, ({ id, title, body }) => {
    if (noticed.has(id) || noticed.size >= MAX_NOTICES || window()?.isFocused()) return
    noticed.add(id)
    if (!Notification.isSupported()) return
    const notification = new Notification({ title, body })
    notification.on('click', () => window()?.show())
    notification.show()
  })
  answer('thalogos:set-badge', z.int().min(0), (count) => void app.setBadgeCount(count))
  answer('thalogos:set-commands', commandsSchema, (commands) => {
    const chosen: DesktopMessage = 'thalogos:command'
    const given = commands.map(({ keys, ...rest }) =>
      keys === undefined ? rest : { ...rest, keys },
    )
    showMenu(given, (id) => window()?.webContents.send(chosen, id))
  })
  answer('thalogos:set-theme', z.enum(['system', 'light', 'dark']), (theme) => {
    nativeTheme.themeSource = theme
  })
}

/** Pages within the page, other windows and other origins are strangers. */
function isOurs(
  { sender, senderFrame }: IpcMainInvokeEvent,
  window: BrowserWindow | undefined,
  origin: string | undefined,
): boolean {
  if (!window || sender !== window.webContents || !senderFrame || !origin) return false
  if (senderFrame !== window.webContents.mainFrame) return false
  return addressOf(senderFrame.url)?.origin === origin
}

async function chooseFolder(window: BrowserWindow | undefined): Promise<string | undefined> {
  if (!window) return undefined
  const { filePaths, canceled } = await dialog.showOpenDialog(window, {
    properties: ['openDirectory', 'createDirectory'],
  })
  return canceled ? undefined : filePaths[0]
}
