import { join } from 'node:path'
import { expect, test } from './story.ts'

test('the page has no Node, and of the desktop only its bridge', async ({ page }) => {
  const found = await page.evaluate(() => ({
    node: ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].filter(
      (name) => name in globalThis,
    ),
    bridge: Object.keys((globalThis as unknown as { thalogos: object }).thalogos).sort(),
  }))
  expect(found).toEqual({
    node: [],
    bridge: ['chooseFolder', 'notify', 'onCommand', 'setBadge', 'setCommands', 'setTheme'],
  })
})

test('the window is a sandbox of its own', async ({ scene, page }) => {
  await expect(page.getByRole('main')).toBeVisible()
  const preferences = await scene.desktop?.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } =
      contents.getLastWebPreferences()
    return { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity }
  })
  expect(preferences).toEqual({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    webSecurity: true,
  })
})

test('a link is shown before it is opened, and only a link of the web', async ({ scene, page }) => {
  const { app } = scene.desktop ?? {}
  await app?.evaluate(({ dialog, shell }) => {
    const seen: string[] = []
    Object.assign(globalThis, { seen })
    dialog.showMessageBox = ((...given: unknown[]) => {
      seen.push(`asked ${(given.at(-1) as { detail: string }).detail}`)
      return Promise.resolve({ response: seen.length > 1 ? 0 : 1, checkboxChecked: false })
    }) as typeof dialog.showMessageBox
    shell.openExternal = (target) => {
      seen.push(`opened ${target}`)
      return Promise.resolve()
    }
  })
  for (const target of [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://a.invalid/1',
    'https://b.invalid/2',
  ]) {
    expect(await page.evaluate((address) => window.open(address) === null, target)).toBe(true)
    await page.waitForTimeout(200)
  }
  const seen = await app?.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
  expect(seen).toEqual([
    'asked https://a.invalid/1',
    'asked https://b.invalid/2',
    'opened https://b.invalid/2',
  ])
  expect(await app?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('the page goes nowhere else', async ({ scene, page, api, complaints }) => {
  await expect(page.getByRole('main')).toBeVisible()
  for (const target of ['https://example.invalid/', 'file:///etc/passwd', 'data:text/html,owned']) {
    // Told from main: Playwright itself would wait for the page to arrive.
    const shown = await scene.desktop?.app.evaluate(async ({ BrowserWindow }, address) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      await contents?.executeJavaScript(`location.href = ${JSON.stringify(address)}; 0`)
      await new Promise((resolve) => setTimeout(resolve, 300))
      return [contents?.getURL(), await contents?.executeJavaScript('document.body.innerText')]
    }, target)
    expect(shown).toEqual([expect.stringContaining(api.url), expect.stringContaining('Thalogos')])
  }
  // Chromium itself says that a page may not go to a file.
  complaints.length = 0
})

test('whatever the page asks the machine for is denied', async ({ page }) => {
  const denied = await page.evaluate(async () => {
    const name = (promise: Promise<unknown>) =>
      promise.then(
        (value) => JSON.stringify(value),
        (error: Error) => error.name,
      )
    return {
      notifications: await Notification.requestPermission(),
      location: await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('allowed'),
          () => resolve('denied'),
        ),
      ),
      media: await name(navigator.mediaDevices.getUserMedia({ audio: true })),
      clipboard: await name(navigator.clipboard.readText()),
    }
  })
  expect(denied.notifications).toBe('denied')
  expect(denied.location).toBe('denied')
  expect(denied.media).toMatch(/NotAllowedError|NotFoundError/)
  expect(denied.clipboard).toMatch(/NotAllowedError/)
})

test('a stranger who speaks to the desktop is refused', async ({ scene, page }) => {
  const bridge = "globalThis.thalogos.setBadge(3).then(() => 'done', (error) => error.message)"
  expect(await page.evaluate(bridge)).toBe('done')
  const { app } = scene.desktop ?? {}
  const preload = join(import.meta.dirname, '../../out/desktop/preload.cjs')
  const answer = await app?.evaluate(
    async ({ BrowserWindow }, { code, preload }) => {
      const stranger = new BrowserWindow({
        show: false,
        webPreferences: { preload, sandbox: true },
      })
      await stranger.loadURL('data:text/html,stranger')
      const said: unknown = await stranger.webContents.executeJavaScript(code)
      stranger.destroy()
      return said
    },
    { code: bridge, preload },
  )
  expect(answer).toContain('refused')
})

test('what the page asks badly is refused', async ({ page }) => {
  const said = await page.evaluate(`Promise.all([
    globalThis.thalogos.setBadge(-1),
    globalThis.thalogos.setCommands([{ id: 'a', title: 'A', enabled: true, keys: '\\u0000' }]),
    globalThis.thalogos.setTheme('pink'),
    globalThis.thalogos.notify({ id: '', title: '', body: '' }),
  ].map((promise) => promise.then(() => 'done', () => 'refused')))`)
  expect(said).toEqual(['refused', 'refused', 'refused', 'refused'])
})
