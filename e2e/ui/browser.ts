import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from '@playwright/test'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The Chromium of `THALOGOS_E2E_CHROMIUM`, else of the machine's path, else Chrome where it is installed. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env['THALOGOS_E2E_CHROMIUM'] ?? onPath()
  return chromium.launch({
    ...(executablePath === undefined ? { channel: 'chrome' } : { executablePath }),
    args: [
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
      ...withoutSandbox(),
    ],
  })
}

/** Chromium's sandbox refuses the superuser, as whom containers run. */
export const withoutSandbox = (): string[] => (process.getuid?.() === 0 ? ['--no-sandbox'] : [])

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us to run.
    return false
  }
}
