import { initRepository } from '../program/repository.ts'
import { axe } from './axe.ts'
import { picture } from './picture.ts'
import { expect, test } from './story.ts'

const HOSTILE =
  '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'

test('markup in a goal and in a title is text', async ({ page, api, place }) => {
  const repository = initRepository(place.home, `${place.dir}/repo`)
  repository.write('a.txt', 'a\n')
  repository.git('add', '-A')
  repository.git('commit', '-qm', HOSTILE)
  const task = { id: 'one', title: `Title ${HOSTILE}`, prompt: HOSTILE, agent: 'codex' }
  const goal = `Goal ${HOSTILE}`
  await api.post('/api/sessions', { repo: repository.dir, goal, plan: { tasks: [task] } })
  await expect(page.getByText(goal).first()).toBeVisible()
  await expect(page.locator('img[src="x"]')).toHaveCount(0)
  await expect(page).not.toHaveTitle('owned')
  await axe(page)
  await picture(page, 'hostile-text')
})
