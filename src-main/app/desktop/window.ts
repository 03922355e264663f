import { app, BrowserWindow, dialog, nativeTheme } from 'electron'
import type { WindowState } from './window-state.ts'

// The smallest window in which the interface is usable, and the one it is drawn for.
const MIN_SIZE = { minWidth: 1024, minHeight: 700 } as const
const SIZE = { width: 1440, height: 900 } as const
// What shows before the first line is drawn: the page's own grounds (src-renderer/app/tokens.css).
const GROUNDS = { dark: '#0e1014', light: '#f3f4f7' } as const
// A page that dies more often than this in a minute would die again at once.
const CRASHES = 3
const CRASH_SPAN_MS = 60_000

export interface WindowDeps {
  preload: string
  state: WindowState
  /** Shows what should be there, after the page's process died. */
  reload(): void
}

/** The one window. It has no rights beyond those of a page, and remembers its place. */
export function openWindow({ preload, state, reload }: WindowDeps): BrowserWindow {
  const window = new BrowserWindow({
    ...SIZE,
    ...state.bounds,
    ...MIN_SIZE,
    show: false,
    backgroundColor: ground(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  if (state.isMaximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () =>
    state.save({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() }),
  )
  const follow = () => window.setBackgroundColor(ground())
  nativeTheme.on('updated', follow)
  window.on('closed', () => nativeTheme.off('updated', follow))
  bringBack(window, reload)
  return window
}

const ground = () => GROUNDS[nativeTheme.shouldUseDarkColors ? 'dark' : 'light']

/** The page's process may die or hang; the sessions are not in it. */
function bringBack(window: BrowserWindow, reload: () => void): void {
  let crashes: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const now = performance.now()
    crashes = [...crashes.filter((at) => now - at < CRASH_SPAN_MS), now]
    // Not in the middle of its end: Electron is still putting the process away.
    if (crashes.length < CRASHES) return void setImmediate(reload)
    void ask(
      window,
      `The window's page ended ${crashes.length} times (${reason}).`,
      'Show it again',
    ).then((again) => (again ? reload() : app.quit()))
  })
  let asking = false
  window.on('unresponsive', () => {
    if (asking) return
    asking = true
    void ask(window, 'The window does not answer.', 'Load it again', 'Wait').then((again) => {
      asking = false
      if (again) reload()
    })
  })
}

async function ask(
  window: BrowserWindow,
  message: string,
  ...[yes, no = 'Quit']: [string, string?]
): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message,
    detail: 'The sessions run on in a process of their own; nothing of them is lost.',
    buttons: [yes, no],
    defaultId: 0,
    cancelId: 1,
  })
  return response === 0
}
