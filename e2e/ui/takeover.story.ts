import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Run, Session } from '../../src-shared/contract/index.ts'
import { initRepository } from '../program/repository.ts'
import { axe } from './axe.ts'
import { picture } from './picture.ts'
import type { Place } from './place.ts'
import { expect, test } from './story.ts'

/** A shell that works through its prompt, and that a person can sit down at. */
function configure(place: Place): string {
  const file = join(place.dir, 'config.json')
  const off = { enabled: false }
  const shell = {
    command: '/bin/sh',
    args: ['-s'],
    interactive: { args: ['-i'], leave: 'exit\r' },
  }
  writeFileSync(file, JSON.stringify({ agents: { shell, codex: off, claude: off, gemini: off } }))
  return file
}

// biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
test.use({ configure: async ({}, use) => use(configure) })

test('a run is taken over in its pane, typed into, and handed back', async ({
  page,
  api,
  place,
}) => {
  const repository = initRepository(place.home, `${place.dir}/repo`)
  repository.write('a.txt', 'a\n')
  repository.git('add', '-A')
  repository.git('commit', '-qm', 'first')
  const task = { id: 'one', title: 'Wait for a person', prompt: 'sleep 600\n', agent: 'shell' }
  const session = await api.post<Session>('/api/sessions', {
    repo: repository.dir,
    goal: 'Wait',
    plan: { tasks: [task] },
    start: true,
  })
  await page.getByRole('button', { name: /^Wait/ }).first().click()
  await page.getByRole('button', { name: 'Take over', exact: false }).click()
  await expect(page.getByText('yours')).toBeVisible()

  const terminal = page.getByLabel('Terminal of shell: Wait for a person')
  await terminal.last().focus()
  await page.keyboard.type('echo typed > typed.txt')
  await page.keyboard.press('Enter')
  const [known] = session.tasks
  const typed = join(place.data, 'worktrees', session.id, known?.id ?? '', 'typed.txt')
  await expect.poll(() => existsSync(typed)).toBe(true)
  await page.keyboard.press('Escape')
  await expect(terminal.last()).not.toBeFocused()
  await axe(page)
  await picture(page, 'taken-over')

  await page.getByRole('button', { name: 'Hand back', exact: false }).click()
  const causes = async () => {
    const { tasks } = await api.get<Session>(`/api/sessions/${session.id}`)
    return tasks[0]?.runs.map(({ cause }: Run) => cause)
  }
  await expect.poll(causes).toEqual(['first', 'taken_over', 'handed_back'])
  await page.getByRole('button', { name: 'Cancel the task', exact: false }).first().click()
  await expect(page.getByText('cancelled').first()).toBeVisible()
})
