import { join, resolve } from 'node:path'
import { app, BrowserWindow, dialog, session, shell } from 'electron'
import { type Attached, attachedBy } from './desktop-address.ts'
import { type Serving, startServing } from './serving.ts'

// The bundle stands in out/desktop; the program's own files are two up.
const home = resolve(import.meta.dirname, '../..')
// The smallest window in which the interface is usable, and the one it is drawn for.
const MIN_SIZE = { minWidth: 1024, minHeight: 700 } as const
const SIZE = { width: 1440, height: 900 } as const

let serving: Serving | undefined

/** One window on the page that the orchestrator serves; the window has no rights beyond those of a page. */
function openWindow({ url, token }: { url: string; token: string }): void {
  const window = new BrowserWindow({
    ...SIZE,
    ...MIN_SIZE,
    show: false,
    webPreferences: {
      preload: join(home, 'out/desktop/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  const { webContents } = window
  const staysHere = (address: string) => URL.canParse(address) && new URL(address).origin === url
  webContents.on('will-navigate', (event) => {
    if (!staysHere(event.url)) event.preventDefault()
  })
  webContents.on('will-redirect', (event) => {
    if (!staysHere(event.url)) event.preventDefault()
  })
  webContents.setWindowOpenHandler(({ url: target }) => {
    void offerLink(window, target)
    return { action: 'deny' }
  })
  window.once('ready-to-show', () => window.show())
  window.loadURL(`${url}/#token=${token}`).catch((error: unknown) => fail(error))
}

/** Only http(s), and only after the user saw where it leads. */
async function offerLink(window: BrowserWindow, target: string): Promise<void> {
  if (!URL.canParse(target) || !/^https?:$/.test(new URL(target).protocol)) return
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Open this address in your browser?',
    detail: new URL(target).href,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  })
  if (response === 0) await shell.openExternal(new URL(target).href)
}

function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) =>
    answer(false),
  )
  session.defaultSession.setPermissionCheckHandler(() => false)
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  dialog.showErrorBox(
    'Thalogos cannot go on',
    `${message}\nAll work so far is kept. Start it again.`,
  )
  app.exit(1)
}

async function main(): Promise<void> {
  const attached = attachedBy(process.argv, process.env)
  // No process of ours needs it from here on.
  delete process.env['THALOGOS_TOKEN']
  if (!attached.ok) throw new Error(attached.error.message)
  // A second start hands over what it was to show; the token goes from process to process of one user.
  if (!app.requestSingleInstanceLock({ ...attached.value })) return app.quit()
  // Each window asks for it as well; who started it without, as a container's superuser must, has none to give.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  await app.whenReady()
  denyPermissions()
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
  openWindow(attached.value ?? (await serveOwn()))
  app.on('second-instance', (_event, ...[, , data]) => showAgain(data))
  app.on('window-all-closed', () => app.quit())
}

/** The orchestrator of the user's data folder: our own process, or the one that has it already. */
async function serveOwn(): Promise<Serving> {
  serving = await startServing(join(home, 'out/main/headless.cjs'))
  serving.ended.then((reason) => fail(new Error(reason)), fail)
  return serving
}

function showAgain(data: unknown): void {
  const { url, token } = data as Partial<Attached>
  if (url !== undefined && token !== undefined) openWindow({ url, token })
  else BrowserWindow.getAllWindows()[0]?.focus()
}

let quitting = false
app.on('before-quit', (event) => {
  if (quitting || !serving) return
  // The agents are stopped and their work is kept before the process goes.
  event.preventDefault()
  quitting = true
  serving.stop().then(() => app.quit(), fail)
})
main().catch(fail)
