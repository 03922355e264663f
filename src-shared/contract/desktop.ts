/**
 * What the desktop app gives its page beyond what a browser has. Absent in a browser: `window.thalogos` is undefined
 * there, and every use of it has a way without.
 */
export interface DesktopBridge {
  /** A folder that the user picked in the system's own dialog; nothing when it was left without one. */
  chooseFolder(): Promise<string | undefined>
  /** One system notification for each `id`, ever; none while the window has the focus. */
  notify(notice: DesktopNotice): Promise<void>
  /** How many things wait for the user, on the dock or the task bar; 0 takes it away. */
  setBadge(count: number): Promise<void>
  /** What the page can do now becomes the menu "Actions" of the application, in this order. */
  setCommands(commands: readonly DesktopCommand[]): Promise<void>
  /** Window frame and dialogs follow the page's choice; `system` is the start. */
  setTheme(theme: DesktopTheme): Promise<void>
  /** Hears the id of a command that was chosen in the menu. Answers with how to stop listening. */
  onCommand(listener: (id: string) => void): () => void
}

export interface DesktopNotice {
  id: string
  title: string
  body: string
}

export interface DesktopCommand {
  id: string
  title: string
  /** As Electron writes it: `CmdOrCtrl+K`. Shown only: the page itself hears the key. */
  keys?: string
  enabled: boolean
}

export type DesktopTheme = 'system' | 'light' | 'dark'

/** The channels between preload and main: what the page asks for, and what it is told. */
export type DesktopRequest =
  | 'thalogos:choose-folder'
  | 'thalogos:notify'
  | 'thalogos:set-badge'
  | 'thalogos:set-commands'
  | 'thalogos:set-theme'
export type DesktopMessage = 'thalogos:command'
