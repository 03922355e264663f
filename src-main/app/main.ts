import { resolve } from 'node:path'
import { app, dialog } from 'electron'
import { type Attached, attachedBy } from './desktop/attached.ts'
import { type Desktop, openDesktop } from './desktop/desktop.ts'

// The bundle stands in out/desktop; the program's own files are two up.
const home = resolve(import.meta.dirname, '../..')

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
  const desktop = openDesktop(home, attached.value)
  app.on('second-instance', (_event, ...[, , data]) => desktop.again(data as Partial<Attached>))
  app.on('window-all-closed', () => app.quit())
  quitWith(desktop)
}

/** The user is asked while agents run; they are stopped and their work is kept before the process goes. */
function quitWith(desktop: Desktop): void {
  let quitting: 'no' | 'asking' | 'yes' = 'no'
  app.on('before-quit', (event) => {
    if (quitting === 'yes') return
    event.preventDefault()
    if (quitting === 'asking') return
    quitting = 'asking'
    const decide = async () => {
      if (!(await desktop.mayQuit())) {
        quitting = 'no'
        return desktop.again({})
      }
      await desktop.stop()
      quitting = 'yes'
      app.quit()
    }
    decide().catch(fail)
  })
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  // For who started it in a terminal; the box stays until it is pressed.
  process.stderr.write(`thalogos: ${message}\n`)
  dialog.showErrorBox(
    'Thalogos cannot go on',
    `${message}\nAll work so far is kept. Start it again.`,
  )
  app.exit(1)
}

main().catch(fail)
