import { preferences } from './preferences.ts'

const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export const isTheme = (value: unknown): value is Theme => themes.some((theme) => theme === value)

/** Puts the chosen theme on the page, now and whenever it changes; `system` follows the machine by itself. */
export function followTheme(root: HTMLElement): () => void {
  const put = () => {
    const chosen = preferences.get('theme')
    root.dataset['theme'] = isTheme(chosen) ? chosen : 'system'
  }
  put()
  return preferences.subscribe(put)
}
