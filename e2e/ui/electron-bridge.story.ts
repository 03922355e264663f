import { expect, test } from './story.ts'

test('the system’s dialog chooses the repository', async ({ page, place, scene }) => {
  await scene.desktop?.app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
  }, place.dir)
  await page.getByRole('button', { name: 'Choose …' }).click()
  await expect(page.getByLabel('Repository')).toHaveValue(place.dir)
  // Said by the gateway: that folder is none.
  await expect(page.getByText(/repository/i).first()).toBeVisible()
})

test('the menu does what the page can do', async ({ page, scene }) => {
  await expect(page.getByRole('main')).toBeVisible()
  const { app } = scene.desktop ?? {}
  const titles = () =>
    app?.evaluate(({ Menu }) => {
      const actions = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&Actions')
      return actions?.submenu?.items.map(({ label }) => label) ?? []
    })
  await expect.poll(titles).not.toEqual([])
  await app?.evaluate(({ Menu }) => {
    const actions = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&Actions')
    const palette = actions?.submenu?.items.find(({ label }) => /palette|command/i.test(label))
    palette?.click()
  })
  await expect(page.getByRole('dialog')).toBeVisible()
})

test('the window’s frame follows the theme that was chosen', async ({ page, scene }) => {
  await expect(page.getByRole('main')).toBeVisible()
  const source = () => scene.desktop?.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)
  expect(await source()).toBe('system')
  await page.evaluate("globalThis.thalogos.setTheme('dark')")
  expect(await source()).toBe('dark')
})
