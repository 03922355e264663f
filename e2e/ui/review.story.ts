import { axe } from './axe.ts'
import { picture } from './picture.ts'
import { configureShell, startShellSession } from './shell-agent.ts'
import { expect, test } from './story.ts'

// biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
test.use({ configure: async ({}, use) => use(configureShell) })

test('a comment on a line goes back to the agent; Save is refused unchecked, and then done on purpose', async ({
  page,
  api,
  place,
}) => {
  await startShellSession({ api, place }, 'Write b', { b: 'echo b > b.txt' })
  await page
    .getByRole('button', { name: /^Write b/ })
    .first()
    .click()
  await expect(page.getByText('1 of 1 merged')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'What it changed' }).first().click()
  await page.getByLabel('Line', { exact: true }).fill('1')
  await page.keyboard.press('Enter')
  await page.getByLabel('Comment on line 1', { exact: true }).last().fill('echo c > b.txt; exit 0')
  await page.getByRole('button', { name: 'Keep the comment' }).click()
  await page.getByRole('button', { name: 'Send back to shell' }).click()
  await expect(page.getByText('Plan · 2 tasks')).toBeVisible()

  await page.keyboard.press('Control+s')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('No check ran', { exact: false })).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Save', exact: true })).toBeDisabled()
  await axe(page)
  await picture(page, 'unchecked')
  await dialog.getByText('Save it unchecked, on purpose.').click()
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'main is saved' })).toBeVisible()
})

test('two tasks that change the same line: the conflict is shown with its file and its choices', async ({
  page,
  api,
  place,
}) => {
  await startShellSession({ api, place }, 'Both change a', {
    one: 'echo one > a.txt',
    two: 'sleep 2; echo two > a.txt',
  })
  await page
    .getByRole('button', { name: /^Both change a/ })
    .first()
    .click()
  const talk = page.getByRole('log', { name: 'Talk' })
  await expect(talk.getByText('Conflict: ', { exact: false })).toBeVisible({ timeout: 60_000 })
  await expect(talk.getByText('a.txt', { exact: true })).toBeVisible()
  await expect(talk.getByRole('button', { name: 'Retry' })).toBeEnabled()
  await axe(page)
  await picture(page, 'conflict')
})
