import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron'
import type { DesktopBridge, DesktopMessage, DesktopRequest } from '../src-shared/contract/index.ts'

const ask = (request: DesktopRequest, value?: unknown) => ipcRenderer.invoke(request, value)
const command: DesktopMessage = 'thalogos:command'

/** All that the page may ask of the desktop around it; it talks to the gateway like any browser. */
const bridge: DesktopBridge = {
  chooseFolder: () => ask('thalogos:choose-folder'),
  notify: (notice) => ask('thalogos:notify', notice),
  setBadge: (count) => ask('thalogos:set-badge', count),
  setCommands: (commands) => ask('thalogos:set-commands', commands),
  setTheme: (theme) => ask('thalogos:set-theme', theme),
  onCommand(listener) {
    const hear = (_event: IpcRendererEvent, id: string) => listener(id)
    ipcRenderer.on(command, hear)
    return () => void ipcRenderer.off(command, hear)
  },
}

contextBridge.exposeInMainWorld('thalogos', bridge)
