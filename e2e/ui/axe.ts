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
    const found = []
    for (const { id, help, nodes } of violations) {
      for (const { target, failureSummary } of nodes) {
        const at = target.join(' ')
        if (id === 'target-size' && (await isOnTimeline(page, at))) continue
        found.push({ theme, id, help, at, failureSummary })
      }
    }
    expect(found).toEqual([])
  })
}

/**
 * A bar there is as long as its run was: WCAG 2.5.8 leaves alone targets whose size is what they say, and the same
 * can be opened from the board.
 */
const isOnTimeline = (page: Page, selector: string): Promise<boolean> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => element.closest('[aria-label="Timeline"]') !== null, undefined, {
      timeout: 2_000,
    })
    // It is gone already: what comes and goes with the moment is on the timeline alone.
    .catch(() => true)
