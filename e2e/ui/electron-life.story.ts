import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { eventually } from '../program/eventually.ts'
import { kill, processesOf } from '../program/processes.ts'
import { initRepository } from '../program/repository.ts'
import { launchDesktop } from './desktop.ts'
import type { Place } from './place.ts'
import { expect, test } from './story.ts'

/** A draft, as something that must not be lost. */
async function draft(place: Place, api: { post(path: string, body: unknown): Promise<unknown> }) {
  const repository = initRepository(place.home, join(place.dir, 'repo'))
  repository.write('a.txt', 'a\n')
  repository.git('add', '-A')
  repository.git('commit', '-qm', 'first')
  const task = { id: 'one', title: 'One', prompt: 'Do it', agent: 'codex' }
  const goal = 'Something to keep'
  await api.post('/api/sessions', { repo: repository.dir, goal, plan: { tasks: [task] } })
  return goal
}

const orchestrators = (place: Place) =>
  processesOf(place.dir).filter(({ command }) => command.includes('headless.cjs serve'))

test('an orchestrator that is killed comes back, its sessions with it', async ({
  place,
  api,
  page,
  scene,
}) => {
  const goal = await draft(place, api)
  await expect(page.getByText(goal).first()).toBeVisible()
  const before = orchestrators(place)
  expect(before).toHaveLength(1)
  kill(before)
  const after = await eventually(
    () => {
      const seen = orchestrators(place)
      return seen[0] && seen[0].pid !== before[0]?.pid ? seen : undefined
    },
    () => 'it was not started again',
  )
  expect(after).toHaveLength(1)
  await expect(page.getByText(goal).first()).toBeVisible()
  const again = await scene.desktop?.api()
  expect(again?.token).not.toBe(api.token)
})

test('a page that is loaded again, or whose process died, shows what it showed', async ({
  place,
  api,
  page,
  scene,
  complaints,
}) => {
  const goal = await draft(place, api)
  await expect(page.getByText(goal).first()).toBeVisible()
  await page.reload()
  await expect(page.getByText(goal).first()).toBeVisible()
  const { app } = scene.desktop ?? {}
  await app?.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  )
  const shows = () =>
    app?.evaluate(async ({ BrowserWindow }) => {
      const text =
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText')
      // Asked in the moment of its end, a page never answers.
      const nothing = new Promise((resolve) => setTimeout(() => resolve(''), 1_000))
      return (await Promise.race([text, nothing])) as string
    })
  await expect.poll(shows).toContain(goal)
  complaints.length = 0
})

test('the window is where it was; what cannot be read of that is set aside', async ({
  place,
  display,
}) => {
  const first = await launchDesktop({ place, display })
  await first.page()
  const file = await first.app.evaluate(({ app, BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 60, width: 1100, height: 750 })
    return `${app.getPath('userData')}/window.json`
  })
  await first.close()
  const { bounds } = JSON.parse(readFileSync(file, 'utf8')) as { bounds: { width: number } }
  expect(bounds).toMatchObject({ width: 1100, height: 750 })

  const second = await launchDesktop({ place, display })
  await second.page()
  const width = () =>
    second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds().width)
  expect(await width()).toBe(1100)
  await second.close()

  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '{"bounds":')
  const third = await launchDesktop({ place, display })
  await third.page()
  expect(
    await third.app.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds().width,
    ),
  ).toBe(1440)
  await third.close()
  const kept = readdirSync(dirname(file)).filter((name) =>
    name.startsWith('window.json.set-aside-'),
  )
  expect(kept).toHaveLength(1)
})

test('a second start shows the window of the first', async ({ place, display, page, scene }) => {
  await expect(page.getByRole('main')).toBeVisible()
  await expect(launchDesktop({ place, display }).then((second) => second.page())).rejects.toThrow()
  expect(
    await scene.desktop?.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length),
  ).toBe(1)
})

test('quitting ends the orchestrator', async ({ place, display }) => {
  const desktop = await launchDesktop({ place, display })
  await desktop.page()
  expect(orchestrators(place)).toHaveLength(1)
  await desktop.close()
  expect(orchestrators(place)).toEqual([])
  expect(existsSync(join(place.data, 'gateway.json'))).toBe(false)
})
