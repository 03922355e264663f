import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kill, processesOf } from '../program/processes.ts'
import { type Desktop, launchDesktop } from './desktop.ts'
import type { Place } from './place.ts'
import { expect, test } from './story.ts'

const root = join(import.meta.dirname, '../..')

// Serves as the orchestrator does, in a utility process of whatever Electron it is.
const STAND_IN = `
const { createServer } = require('node:http')
const { writeFileSync } = require('node:fs')
const server = createServer((request, response) => {
  if (request.url === '/die') process.exit(7)
  response.setHeader('content-type', 'text/html')
  response.end('<title>stand-in</title><h1>' + process.type + ' ' + process.pid + '</h1>')
})
process.parentPort.on('message', () => {
  writeFileSync(process.env.HOME + '/stopped', 'stopped')
  process.exit(0)
})
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: 'http://127.0.0.1:' + server.address().port, token: 't' }))
})
`

/** Our desktop on the stand-in. Every question is noted and left alone. */
function prepare(place: Place): string {
  const folder = join(place.dir, 'app')
  mkdirSync(join(folder, 'out/main'), { recursive: true })
  for (const part of ['package.json', 'out/desktop', 'out/renderer']) {
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  writeFileSync(join(folder, 'out/main/headless.cjs'), STAND_IN)
  return folder
}

const shown = ({ app }: Desktop) =>
  app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    if (!contents?.getURL().startsWith('http') || contents.isLoading()) return ''
    return (await contents.executeJavaScript('document.body.innerText')) as string
  })

const nextAfter = async (desktop: Desktop, before: string) => {
  await expect.poll(() => shown(desktop)).not.toMatch(new RegExp(`^(${before})?$`))
  return shown(desktop)
}

test('a utility process that ends is started again five times, then a person is asked', async ({
  place,
  display,
}) => {
  const desktop = await launchDesktop({
    place,
    display,
    folder: prepare(place),
    env: { THALOGOS_NODE: '' },
  })
  await desktop.page()
  await desktop.app.evaluate(({ dialog }) => {
    const asked: string[] = []
    Object.assign(globalThis, { asked })
    dialog.showMessageBox = ((given: { message: string }) => {
      asked.push(given.message)
      return new Promise(() => undefined)
    }) as typeof dialog.showMessageBox
  })
  let text = await nextAfter(desktop, '')
  expect(text).toMatch(/^utility \d+$/)
  for (let restart = 0; restart < 5; restart += 1) {
    process.kill(Number(text.split(' ')[1]), 'SIGKILL')
    text = await nextAfter(desktop, text)
    expect(text).toMatch(/^utility \d+$/)
  }
  process.kill(Number(text.split(' ')[1]), 'SIGKILL')
  const asked = () =>
    desktop.app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)
  await expect.poll(asked).toEqual(['The orchestrator ended again after 5 new starts.'])
  kill(processesOf(place.dir))
})

test('a utility process is asked to stop when the app is quit', async ({ place, display }) => {
  const env = { THALOGOS_NODE: '' }
  const desktop = await launchDesktop({ place, display, folder: prepare(place), env })
  await desktop.page()
  await nextAfter(desktop, '')
  await desktop.close()
  expect(existsSync(join(place.home, 'stopped'))).toBe(true)
})
