import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { axe } from './axe.ts'
import { launchDesktop } from './desktop.ts'
import { picture } from './picture.ts'
import { expect, test } from './story.ts'

test('until the gateway answers, the window says that it starts', async ({ place, display }) => {
  // In the place of Node, something that never comes up.
  const slow = join(place.dir, 'slow')
  writeFileSync(slow, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 })
  const desktop = await launchDesktop({ place, display, env: { THALOGOS_NODE: slow } })
  const page = await desktop.app.firstWindow()
  await expect(page.getByText('Starting …')).toBeVisible()
  await expect(page.getByText('is started again')).toBeHidden()
  await axe(page)
  await picture(page, 'splash')
  await desktop.app.evaluate(({ app }) => app.exit(0))
})
