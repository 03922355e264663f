import type { Page } from '@playwright/test'
import { axe } from './axe.ts'
import { picture } from './picture.ts'
import { expect, test } from './story.ts'

test('a rehearsal goes from the first screen to Save and back, by keyboard alone', async ({
  page,
  api,
}) => {
  await tabTo(page, 'Try a rehearsal')
  await page.keyboard.press('Enter')
  await expect(page.getByText('working', { exact: true })).toBeVisible()
  await picture(page, 'working')
  await expect(page.getByText('ready for you')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: 'Save 5 tasks → main' })).toBeEnabled()
  await expect(page.getByLabel('Terminal of', { exact: false }).first()).toBeAttached()
  await axe(page)
  await picture(page, 'ready')

  await page.keyboard.press('Control+s')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('7 commits')).toBeVisible()
  await expect(dialog.getByText('green')).toBeVisible()
  await axe(page)
  await picture(page, 'save')
  await tabTo(page, 'Save')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'main is saved' })).toBeVisible()
  await picture(page, 'saved')
  const [session] = await api.get<{ checkpoints: { tag: string }[] }[]>('/api/sessions')
  await expect(
    page.getByRole('dialog').getByText(session?.checkpoints[1]?.tag ?? '?'),
  ).toBeVisible()

  await tabTo(page, 'Roll back …')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Roll main back' })).toBeVisible()
  await axe(page)
  await picture(page, 'roll-back')
  await tabTo(page, 'Roll back to 0')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'main is saved' })).toBeVisible()
  const [after] = await api.get<{ checkpoints: { restores?: number }[] }[]>('/api/sessions')
  expect(after?.checkpoints.at(-1)?.restores).toBe(0)
})

test('a reload keeps the place, and shows again what was printed', async ({ page, api }) => {
  await api.post('/api/rehearsals')
  await page
    .getByRole('button', { name: /Let tally say more/ })
    .first()
    .click()
  await expect(page.getByText('ready for you')).toBeVisible({ timeout: 60_000 })
  await page.reload()
  await expect(page.getByText('ready for you')).toBeVisible()
  await page.getByRole('button', { name: 'As plain text' }).first().click()
  await expect(
    page.getByText('Rehearsal: no model is asked', { exact: false }).first(),
  ).toBeVisible()
  await axe(page)
})

test('review, lineage, timeline, palette, settings and shortcuts are there for everybody', async ({
  page,
  api,
}) => {
  await api.post('/api/rehearsals')
  await page
    .getByRole('button', { name: /Let tally say more/ })
    .first()
    .click()
  await expect(page.getByText('ready for you')).toBeVisible({ timeout: 60_000 })

  await page.getByRole('tab', { name: 'Review' }).click()
  await page.getByLabel('Changes of').selectOption({ label: 'Count the sentences of a text' })
  await page.getByLabel('Line', { exact: true }).fill('2')
  await page.keyboard.press('Enter')
  await page.getByLabel('Comment on line 2', { exact: true }).last().fill('Say why.')
  await page.getByRole('button', { name: 'Keep the comment' }).click()
  await expect(page.getByText('You, line 2')).toBeVisible()
  await axe(page)
  await picture(page, 'review')

  await page.getByRole('tab', { name: 'Lineage' }).click()
  await expect(page.getByText('Integrate: ', { exact: false }).first()).toBeVisible()
  await axe(page)
  await picture(page, 'lineage')

  await page.getByRole('tab', { name: 'Board' }).click()
  await page.getByRole('button', { name: 'By what waits for what' }).click()
  const graph = page.getByRole('region', { name: 'What waits for what' })
  await expect(graph.getByRole('button', { name: 'Put all three into the report' })).toBeVisible()
  await axe(page)
  await picture(page, 'graph')
  await page.getByRole('button', { name: 'By how they stand' }).click()
  await page.getByRole('slider').focus()
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('PageUp')
  await expect(page.getByRole('tabpanel').getByText('not at now')).toBeVisible()
  await picture(page, 'past')
  await axe(page)
  await page.keyboard.press('End')
  await expect(page.getByText('not at now')).toHaveCount(0)

  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('What do you want to do, or where to go?')).toBeFocused()
  await axe(page)
  await picture(page, 'palette')
  await page.keyboard.type('settings')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible()
  for (const tab of ['Agents', 'Limits', 'Trust', 'Appearance', 'Shortcuts']) {
    await page.getByRole('tab', { name: tab }).click()
    await axe(page)
    await picture(page, `settings-${tab.toLowerCase()}`)
  }
  await page.keyboard.press('Escape')
})

/** Goes on with Tab until the button of that name has the focus; nothing is out of reach. */
async function tabTo(page: Page, name: string): Promise<void> {
  const MOST = 120
  const button = page.getByRole('button', { name, exact: true }).last()
  await button.waitFor()
  for (let n = 0; n < MOST; n += 1) {
    if (await button.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${name} cannot be reached by Tab`)
}
