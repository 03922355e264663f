import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Session } from '../../src-shared/contract/index.ts'
import { axe } from './axe.ts'
import { picture } from './picture.ts'
import { configureShell, startShellSession } from './shell-agent.ts'
import { expect, test } from './story.ts'

// biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
test.use({ configure: async ({}, use) => use(configureShell) })

test('a run is taken over in its pane, typed into, and handed back', async ({
  page,
  api,
  place,
}) => {
  const session = await startShellSession({ api, place }, 'Wait', { wait: 'sleep 600' })
  await page.getByRole('button', { name: /^Wait/ }).first().click()
  await page.getByRole('button', { name: 'Take over', exact: false }).click()
  await expect(page.getByText('yours')).toBeVisible()

  const terminal = page.getByLabel('Terminal of shell: Task wait').last()
  await terminal.focus()
  await page.keyboard.type('echo typed > typed.txt')
  await page.keyboard.press('Enter')
  const [task] = session.tasks
  const typed = join(place.data, 'worktrees', session.id, task?.id ?? '', 'typed.txt')
  await expect.poll(() => existsSync(typed)).toBe(true)
  await page.keyboard.press('Escape')
  await expect(terminal).not.toBeFocused()
  await axe(page)
  await picture(page, 'taken-over')

  await page.getByRole('button', { name: 'Hand back', exact: false }).click()
  const causes = async () => {
    const { tasks } = await api.get<Session>(`/api/sessions/${session.id}`)
    return tasks[0]?.runs.map(({ cause }) => cause).slice(0, 3)
  }
  await expect.poll(causes).toEqual(['first', 'taken_over', 'handed_back'])
})
