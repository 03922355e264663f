import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Page, test } from '@playwright/test'

/** Kept after the run, to be looked at. */
const pictures = join(import.meta.dirname, '../../test-results/pictures')

/** `test-results/pictures/<project>/<name>-<theme>.png`, in both themes. */
export async function picture(page: Page, name: string): Promise<void> {
  const dir = join(pictures, test.info().project.name)
  mkdirSync(dir, { recursive: true })
  await inBothThemes(page, async (theme) => {
    await page.screenshot({ path: join(dir, `${name}-${theme}.png`), animations: 'disabled' })
  })
}

/** With the system in its dark theme and in its light one; it stays light. */
export async function inBothThemes(
  page: Page,
  act: (theme: 'dark' | 'light') => Promise<void>,
): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await act(theme)
  }
}
