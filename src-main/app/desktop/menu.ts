import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { DesktopCommand } from '../../../src-shared/contract/index.ts'

/** The application's menu: what every program has, and under "Actions" what the page says that it can do now. */
export function showMenu(commands: readonly DesktopCommand[], choose: (id: string) => void): void {
  const actions = commands.map(
    ({ id, title, keys, enabled }): MenuItemConstructorOptions => ({
      // An ampersand would mark a letter.
      label: title.replaceAll('&', '&&'),
      enabled,
      // Shown, and left to the page: it knows whether the focus is in a terminal.
      ...(keys === undefined ? {} : { accelerator: keys, registerAccelerator: false }),
      click: () => choose(id),
    }),
  )
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
      { role: 'fileMenu' },
      { role: 'editMenu' },
      ...(actions.length === 0 ? [] : [{ label: '&Actions', submenu: actions }]),
      {
        label: '&View',
        submenu: [
          // Without the key of the reload: in a terminal it is the search of the shell.
          { role: 'reload', accelerator: '' },
          { role: 'toggleDevTools' },
          { type: 'separator' },
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { type: 'separator' },
          { role: 'togglefullscreen' },
        ],
      },
      { role: 'windowMenu' },
    ]),
  )
}
