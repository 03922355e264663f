import { app, dialog, type Session, shell, type WebContents, webContents } from 'electron'
import { type Allowed, mayShow, outsideLink } from './link-rules.ts'

/** For every page that this program will ever open: it goes nowhere, opens nothing, is asked nothing. */
export function raiseWalls(session: Session, allowed: Allowed): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  app.on('web-contents-created', (_event, contents) => confine(contents, allowed))
  for (const contents of webContents.getAllWebContents()) confine(contents, allowed)
}

function confine(contents: WebContents, allowed: Allowed): void {
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.on('will-navigate', (event, address) => {
    if (!mayShow(address, allowed)) event.preventDefault()
  })
  contents.on('will-redirect', (event, address) => {
    if (!mayShow(address, allowed)) event.preventDefault()
  })
  contents.setWindowOpenHandler(({ url }) => {
    void offerLink(url)
    return { action: 'deny' }
  })
}

let offering = false

/** Only http(s), only after the user saw where it leads, and one question at a time however often a page asks. */
async function offerLink(address: string): Promise<void> {
  const target = outsideLink(address)
  if (target === undefined || offering) return
  offering = true
  try {
    const { response } = await dialog.showMessageBox({
      type: 'question',
      message: 'Open this address in your browser?',
      detail: target,
      buttons: ['Open', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
    })
    if (response === 0) await shell.openExternal(target)
  } finally {
    offering = false
  }
}
