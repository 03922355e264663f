import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { app, ipcMain, type Rectangle, screen } from 'electron'
import Store from 'electron-store'
import { z } from 'zod'
import { fitting } from './fitting.ts'

const stateSchema = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }).optional(),
  isMaximized: z.boolean(),
})
type State = z.output<typeof stateSchema>

export interface WindowState {
  /** Where the window was last, if that is still on a screen. */
  bounds: Rectangle | undefined
  isMaximized: boolean
  /** What could not be read was put there; the window has its defaults. */
  setAside?: string
  save(state: { bounds: Rectangle; isMaximized: boolean }): void
}

const NAME = 'window'

/** Opens what is kept of the window. A file that cannot be read is set aside and never keeps the app from starting. */
export function openWindowState(): WindowState {
  const opened = openStore()
  const { bounds, isMaximized } = opened.state
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea)
  return {
    bounds: bounds && fitting(bounds, screens),
    isMaximized,
    ...(opened.setAside === undefined ? {} : { setAside: opened.setAside }),
    save: (state) => opened.store.set(state),
  }
}

function openStore(): { store: Store<State>; state: State; setAside?: string } {
  const defaults: State = { isMaximized: false }
  try {
    const store = createStore(defaults)
    return { store, state: stateSchema.parse(store.store) }
  } catch {
    // Whatever is wrong with it, it is kept for whoever wants to know.
    const file = join(app.getPath('userData'), `${NAME}.json`)
    const setAside = `${file}.set-aside-${Date.now()}`
    renameSync(file, setAside)
    return { store: createStore(defaults), state: defaults, setAside }
  }
}

function createStore(defaults: State): Store<State> {
  const store = new Store<State>({ name: NAME, defaults })
  // The store would answer any page that asks where things are; ours ask nothing of the kind.
  ipcMain.removeAllListeners('electron-store-get-data')
  return store
}
