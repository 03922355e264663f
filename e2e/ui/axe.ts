import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { inBothThemes } from './picture.ts'

// WCAG 2.2 AA and what it stands on.
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Nothing on the page, as it is now, keeps anybody out; in neither theme. */
export async function axe(page: Page): Promise<void> {
  await inBothThemes(page, async (theme) => {
    // Legacy: Electron opens no second page for the evaluation.
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze()
    const found = violations.map(({ id, help, nodes }) => ({
      theme,
      id,
      help,
      at: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }))
    expect(found).toEqual([])
  })
}
