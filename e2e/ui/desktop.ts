import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { type Api, createApi } from '../program/api.ts'
import { eventually } from '../program/eventually.ts'
import { withoutSandbox } from './browser.ts'
import type { Display } from './display.ts'
import { electronRuntime } from './electron-runtime.ts'
import type { Place } from './place.ts'

export interface Desktop {
  app: ElectronApplication
  /** Its first window, once it shows the page of the gateway. */
  page(): Promise<Page>
  /** The gateway of the orchestrator that it started by itself. */
  api(): Promise<Api>
  /** As a user who quits it and answers every question with the first button. */
  close(): Promise<void>
}

export interface Launch {
  place: Place
  display: Display
  /** The folder of an app instead of ours. */
  folder?: string
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
}

/** Starts the built app in Electron, on a screen that nobody sits at. */
export async function launchDesktop({
  place,
  display,
  folder,
  args = [],
  env = {},
}: Launch): Promise<Desktop> {
  const runtime = await electronRuntime(folder)
  const app = await _electron.launch({
    executablePath: runtime.executablePath,
    args: [...withoutSandbox(), '--disable-gpu', ...runtime.args, ...args],
    cwd: place.home,
    // The Node that these stories run on is the one that the program brings along.
    env: { ...place.env, ...display.env, THALOGOS_NODE: process.execPath, ...env },
  })
  return {
    app,
    async page() {
      const page = await app.firstWindow()
      await page.waitForURL(/^http:/)
      return page
    },
    api: () => apiOf(place),
    async close() {
      // Quitting may ask; nobody is there to press the button.
      await app.evaluate(({ dialog }) => {
        dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false })
      })
      await app.close()
    },
  }
}

async function apiOf({ data }: Place): Promise<Api> {
  const file = join(data, 'gateway.json')
  const text = await eventually(
    () => existsSync(file) && readFileSync(file, 'utf8'),
    () => `nobody serves ${data}`,
  )
  const { url, token } = JSON.parse(text) as { url: string; token: string }
  return createApi(url, token)
}
