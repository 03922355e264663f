import { axe } from './axe.ts'
import { picture } from './picture.ts'
import { expect, test } from './story.ts'

test('a wrong token opens nothing, and the page says what to do', async ({ page, api }) => {
  await page.evaluate(() => sessionStorage.clear())
  await page.goto(`${api.url}/?other#token=wrong`)
  await expect(page.getByText(/token/i).first()).toBeVisible()
  await expect(page.getByText(/open the (whole )?address/i).first()).toBeVisible()
  await axe(page)
  await picture(page, 'wrong-token')
})
