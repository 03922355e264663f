import { join } from 'node:path'
import { initRepository } from '../program/repository.ts'
import { axe } from './axe.ts'
import { picture } from './picture.ts'
import { configureShell } from './shell-agent.ts'
import { expect, test } from './story.ts'

const HOSTILE = '<img src=x onerror="document.title=\'owned\'">'

// biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
test.use({ configure: async ({}, use) => use(configureShell) })

test('a goal of one’s own: a plan by hand, a check that is red, a refusal, a retry, and what agents write stays text', async ({
  page,
  place,
}) => {
  const repository = initRepository(place.home, `${place.dir}/repo`)
  repository.write(
    '.thalogos.json',
    JSON.stringify({ checks: [{ name: 'good', run: 'test -f good.txt' }] }),
  )
  repository.git('add', '-A')
  repository.git('commit', '-qm', HOSTILE)

  await page.getByLabel('Repository').fill(join(place.dir, 'nowhere'))
  await page.getByLabel('Goal').click()
  await expect(page.getByRole('alert')).toContainText(/repository|not/i)
  await axe(page)
  await picture(page, 'no-repository')

  await page.getByLabel('Repository').fill(repository.dir)
  await page.getByLabel('Goal').fill(`A goal ${HOSTILE}`)
  await expect(page.getByText('This repository comes with commands.')).toBeVisible()
  await picture(page, 'trust')
  await page.getByText('I have read them', { exact: false }).click()
  await page.getByRole('button', { name: 'Make a draft' }).click()

  await page.getByRole('button', { name: 'Add a task' }).click()
  await page.getByLabel('Title of the task').fill(`First ${HOSTILE}`)
  const bomb = "printf '\\033[2147483647L\\033[2147483647b\\033]52;c;eA==\\007shown\\n'"
  await page
    .getByLabel('What to do in', { exact: false })
    .fill(`${bomb}; echo '${HOSTILE}'; echo x > "<b>bad.txt"; exit 0\n`)
  await axe(page)
  await picture(page, 'draft')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Retry' })).toBeVisible({ timeout: 60_000 })
  await expect(page.locator('img[src="x"]')).toHaveCount(0)
  await expect(page).not.toHaveTitle('owned')
  await axe(page)
  await picture(page, 'trouble')

  await page.getByRole('button', { name: 'Its changes' }).click()
  await expect(page.getByText('<b>bad.txt').first()).toBeVisible()
  await picture(page, 'hostile-file')

  await page.keyboard.press('Control+s')
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible()
  await axe(page)
  await picture(page, 'save-refused')
  await page.keyboard.press('Escape')

  await page.getByLabel('What to do next').fill('@shell echo ok > good.txt; exit 0')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /Save 1 task → main/ })).toBeVisible({
    timeout: 60_000,
  })
})
