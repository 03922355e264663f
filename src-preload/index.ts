import { contextBridge } from 'electron'

// All that the page may know of the desktop around it; it talks to the gateway like any browser.
contextBridge.exposeInMainWorld('thalogos', { desktop: true })
