import {
  type Browser,
  test as base,
  type ConsoleMessage,
  expect,
  type Page,
} from '@playwright/test'
import { type Api, serveProgram } from '../program/api.ts'
import { openBrowser } from './browser.ts'
import { type Desktop, launchDesktop } from './desktop.ts'
import { type Display, openDisplay } from './display.ts'
import { openPlace, type Place } from './place.ts'

/** Where a story is told: a browser on the gateway, or the desktop app. */
export interface Surface {
  surface: 'chromium' | 'electron'
}

interface Worker extends Surface {
  browserOfMachine: Browser | undefined
  display: Display
}

/** The program, open in front of its user. */
export interface Scene {
  page: Page
  api: Api
  /** Only where it is told in Electron. */
  desktop?: Desktop
}

interface Story {
  /** `--config` of the orchestrator, made by the story; the desktop then shows one that was started beside it. */
  configure: ((place: Place) => string) | undefined
  place: Place
  scene: Scene
  api: Api
  page: Page
  /** What the page was not allowed to do, and what it threw. Every story ends with none, unless it empties this. */
  complaints: string[]
}

// The window that the interface is drawn for.
const SIZE = { width: 1440, height: 900 }

/** A story of a user, with the program open: `page`, and `api` for what the story sets up and looks up. */
export const test = base.extend<Story, Worker>({
  surface: ['chromium', { scope: 'worker', option: true }],
  configure: [undefined, { option: true }],
  browserOfMachine: [
    async ({ surface }, use) => {
      const browser = surface === 'chromium' ? await openBrowser() : undefined
      await use(browser)
      await browser?.close()
    },
    { scope: 'worker' },
  ],
  display: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
    async ({}, use) => {
      const display = await openDisplay()
      await use(display)
      await display.close()
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: see above
  place: async ({}, use) => {
    const place = openPlace()
    await use(place)
    place.close()
  },
  // biome-ignore lint/correctness/noEmptyPattern: see above
  complaints: async ({}, use) => {
    const complaints: string[] = []
    await use(complaints)
    expect(complaints).toEqual([])
  },
  scene: async ({ surface, place, configure, browserOfMachine, display, complaints }, use) => {
    const config = configure?.(place)
    const served =
      surface === 'chromium' || config !== undefined ? await serve(place, config) : undefined
    if (browserOfMachine && served) {
      const page = await browserOfMachine.newPage({ viewport: SIZE })
      listen(page, complaints)
      await page.goto(`${served.api.url}/#token=${served.api.token}`)
      await use({ page, api: served.api })
      await page.close()
    } else {
      const desktop = await launchDesktop({ place, display, ...attached(served?.api) })
      desktop.app.on('window', (page) => listen(page, complaints))
      const page = await desktop.page()
      const api = served?.api ?? (await desktop.api())
      await use({ page, api, desktop })
      await desktop.close()
    }
    await served?.end()
  },
  page: async ({ scene }, use) => use(scene.page),
  api: async ({ scene }, use) => use(scene.api),
})

async function serve(place: Place, config: string | undefined) {
  const more = config === undefined ? [] : ['--config', config]
  const { program, api } = await serveProgram(['--data', place.data, ...more], place.home)
  return {
    api,
    async end() {
      program.send('SIGTERM')
      await program.done
    },
  }
}

const attached = (api: Api | undefined) =>
  api ? { args: ['--attach', api.url], env: { THALOGOS_TOKEN: api.token } } : {}

/** Chromium reports what a policy forbids on the console. */
function listen(page: Page, complaints: string[]): void {
  page.on('console', (message: ConsoleMessage) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
}

export { expect } from '@playwright/test'
