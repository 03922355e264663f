// `npm run pictures`: the pictures of the README, taken from the running program by the stories in Chromium.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { say } from './child.mjs'
import { prepareSystem, tellStories } from './e2e.mjs'
import { root, setUp } from './setup.mjs'

const SHOWN = ['working-dark', 'ready-light', 'review-dark', 'save-light']
const from = join(root, 'test-results/pictures/chromium')
const to = join(root, 'docs/pictures')

prepareSystem()
await setUp()
process.exitCode = await tellStories(['--project=chromium', 'rehearsal'])
if (process.exitCode === 0) {
  mkdirSync(to, { recursive: true })
  for (const name of SHOWN) copyFileSync(join(from, `${name}.png`), join(to, `${name}.png`))
  say(`pictures: ${SHOWN.length} in docs/pictures`)
}
