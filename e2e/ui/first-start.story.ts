import { axe } from './axe.ts'
import { picture } from './picture.ts'
import { expect, test } from './story.ts'

test('the first start shows the program, without its token in the address', async ({ page }) => {
  await expect(page.getByRole('main')).toBeVisible()
  await expect(page).toHaveTitle(/Thalogos/)
  await expect.poll(() => new URL(page.url()).hash).not.toContain('token')
  await axe(page)
  await picture(page, 'first-start')
})
