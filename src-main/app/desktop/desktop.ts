import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app, type BrowserWindow, dialog, session } from 'electron'
import type { Attached } from './attached.ts'
import { openBridge } from './bridge.ts'
import { askHealth, countAgents, gatewayGone, type Place } from './gateway.ts'
import { showMenu } from './menu.ts'
import { startProcess } from './orchestrator-process.ts'
import { startServing } from './serving.ts'
import { createSupervisor, type Supervised, type Supervisor } from './supervisor.ts'
import { raiseWalls } from './walls.ts'
import { openWindow } from './window.ts'
import { openWindowState } from './window-state.ts'

export interface Desktop {
  /** Another start of the program: its window is this one. */
  again(attached: Partial<Attached>): void
  /** True when nothing is lost by quitting, or the user wants to. Then the orchestrator is stopped. */
  mayQuit(): Promise<boolean>
  stop(): Promise<void>
}

/** The window on an orchestrator: a supervised one of our own, or the one that was named. `home` holds `out`. */
export function openDesktop(home: string, attached: Attached | undefined): Desktop {
  const splash = pathToFileURL(join(home, 'out/renderer/splash.html')).href
  const shown = createShown(splash)
  const origin = () => shown.place()?.url
  raiseWalls(session.defaultSession, { origin, splash })
  showMenu([], () => undefined)
  openBridge({ window: shown.window, origin })
  const state = openWindowState()
  const open = () =>
    shown.put(
      openWindow({ preload: join(home, 'out/desktop/preload.cjs'), state, reload: shown.load }),
    )
  open()
  if (state.setAside !== undefined) sayDefaults(state.setAside)
  app.on('activate', () => {
    if (!shown.window()) open()
  })
  const supervisor = attached ? undefined : supervise(home, shown)
  if (attached) shown.go(attached)
  supervisor?.start()
  return {
    again({ url, token }) {
      if (attached && url !== undefined && token !== undefined) shown.go({ url, token })
      if (!shown.window()) open()
      shown.window()?.restore()
      shown.window()?.focus()
    },
    mayQuit: () => mayQuit(supervisor, shown),
    stop: async () => supervisor?.stop(),
  }
}

type Shown = ReturnType<typeof createShown>

/** What the window shows: a place when there is one, else the splash with the line that is true. */
function createShown(splash: string) {
  let window: BrowserWindow | undefined
  let place: Place | undefined
  let line = 'starting'
  const load = () => {
    const address = place ? `${place.url}/#token=${place.token}` : `${splash}#${line}`
    // Another address came while this one was on its way: that one counts.
    window?.loadURL(address).catch(() => undefined)
  }
  return {
    window: () => window,
    place: () => place,
    load,
    put(opened: BrowserWindow) {
      window = opened
      opened.on('closed', () => {
        window = undefined
      })
      load()
    },
    go(to: Place) {
      place = to
      load()
    },
    wait(because: 'starting' | 'again') {
      place = undefined
      line = because
      load()
    },
  }
}

function supervise(home: string, shown: Shown): Supervisor {
  // Packed, it stands beside the archive: native modules and programs cannot be run from inside one.
  const bundle = join(home.replace(/app\.asar$/, 'app.asar.unpacked'), 'out/main/headless.cjs')
  const supervisor: Supervisor = createSupervisor({
    start: () => startServing({ start: (args) => startProcess(bundle, args), gone: gatewayGone }),
    ask: ({ url }, signal) => askHealth(url, signal),
    tell: (state) => showState(state, shown, supervisor),
  })
  return supervisor
}

function showState(state: Supervised, shown: Shown, supervisor: Supervisor): void {
  switch (state.is) {
    case 'starting':
      shown.wait(state.restarts === 0 ? 'starting' : 'again')
      break
    case 'serving':
      shown.go(state)
      break
    case 'answering':
      shown.window()?.setTitle('Thalogos')
      break
    case 'silent':
      shown.window()?.setTitle('Thalogos: the orchestrator does not answer')
      if (state.liveness === 'unresponsive') void offerRestart(shown, supervisor)
      break
    case 'gone':
      void offerStart(state, supervisor)
      break
  }
}

/** Silence ends nothing by itself: a busy machine and a laptop that slept are silent, too. */
async function offerRestart(shown: Shown, supervisor: Supervisor): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: 'The orchestrator does not answer.',
    detail:
      'It may be busy. When it is started again, its agents are stopped first, and what they did is kept.',
    buttons: ['Wait', 'Start it again'],
    defaultId: 0,
    cancelId: 0,
  })
  if (response === 1 && shown.place()) await supervisor.restart()
}

async function offerStart(
  { reason, restarts }: { reason: string; restarts: number },
  supervisor: Supervisor,
): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message:
      restarts === 0
        ? 'Thalogos cannot start.'
        : `The orchestrator ended again after ${restarts} new starts.`,
    detail: `${reason}\n\nAll work so far is kept.`,
    buttons: ['Try again', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  })
  if (response === 0) supervisor.start()
  else app.quit()
}

/** An orchestrator that others own, or that has nothing to do, is left without a question. */
async function mayQuit(supervisor: Supervisor | undefined, shown: Shown): Promise<boolean> {
  const place = shown.place()
  if (!supervisor?.owns() || !place) return true
  const agents = await countAgents(place)
  if (agents === 0) return true
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: agents === 1 ? 'One agent is at work.' : `${agents} agents are at work.`,
    detail:
      'Quitting stops them. What they did is kept as snapshots, and they go on at the next start.',
    buttons: ['Stop them and quit', 'Stay'],
    defaultId: 1,
    cancelId: 1,
  })
  return response === 0
}

function sayDefaults(setAside: string): void {
  void dialog.showMessageBox({
    type: 'info',
    message: 'The place of the window could not be read.',
    detail: `It has its usual place again. What was there is kept in ${setAside}.`,
    buttons: ['OK'],
  })
}
