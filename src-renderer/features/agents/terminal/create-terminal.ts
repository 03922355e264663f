import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { WebglAddon } from '@xterm/addon-webgl'
import { type ITheme, Terminal } from '@xterm/xterm'
import { harden } from './hardening.ts'
import { webLink } from './web-link.ts'

/** A terminal in the page, and what is done with it. */
export interface PageTerminal {
  terminal: Terminal
  search: SearchAddon
  /** Takes the size of its place; the size in cells, undefined while it has none. */
  fit(): { cols: number; rows: number } | undefined
  paint(): void
  dispose(): void
}

// Each line takes about 1.5 KB at 120 columns: twelve full panes stay below 200 MB. The whole is in the transcript.
const SCROLLBACK = 10_000

/** `onLink` is asked for http(s) addresses only, with the address itself, whatever the text over it says. */
export function createTerminal(place: HTMLElement, onLink: (url: string) => void): PageTerminal {
  const follow = (_event: unknown, text: string) => {
    const url = webLink(text)
    if (url !== undefined) onLink(url)
  }
  const terminal = new Terminal({
    allowProposedApi: true,
    convertEol: true,
    fontFamily: 'JetBrains Mono Variable, ui-monospace, monospace',
    fontSize: 12,
    lineHeight: 1.3,
    scrollback: SCROLLBACK,
    cursorBlink: false,
    cursorInactiveStyle: 'none',
    linkHandler: { activate: follow },
    theme: themeOf(place),
    minimumContrastRatio: 4.5,
    smoothScrollDuration: 0,
  })
  harden(terminal)
  const fit = new FitAddon()
  const search = new SearchAddon()
  terminal.loadAddon(fit)
  terminal.loadAddon(search)
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = '11'
  terminal.loadAddon(new WebLinksAddon(follow))
  terminal.open(place)
  drawByGraphics(terminal)
  return {
    terminal,
    search,
    fit() {
      const size = fit.proposeDimensions()
      if (!size || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return undefined
      if (size.cols !== terminal.cols || size.rows !== terminal.rows) fit.fit()
      return { cols: terminal.cols, rows: terminal.rows }
    },
    paint: () => {
      terminal.options.theme = themeOf(place)
    },
    dispose: () => terminal.dispose(),
  }
}

/** By the graphics card where there is one that lasts; else xterm draws by elements. */
function drawByGraphics(terminal: Terminal): void {
  try {
    const webgl = new WebglAddon()
    webgl.onContextLoss(() => webgl.dispose())
    terminal.loadAddon(webgl)
  } catch {
    // No WebGL here: the other renderer is in place already.
  }
}

// The sixteen colours of the program, from the tokens where one fits.
const ANSI = {
  red: '--bad',
  green: '--good',
  yellow: '--wait',
  blue: '--action',
  magenta: '--gemini',
  cyan: '--codex',
  black: '--sunken',
  white: '--strong',
  brightBlack: '--faint',
  brightRed: '--bad',
  brightGreen: '--good',
  brightYellow: '--wait',
  brightBlue: '--action',
  brightMagenta: '--gemini',
  brightCyan: '--codex',
  brightWhite: '--strong',
  background: '--ground',
  foreground: '--strong',
  cursor: '--action',
  selectionBackground: '--line-strong',
  scrollbarSliderBackground: '--line',
  scrollbarSliderHoverBackground: '--line-strong',
  scrollbarSliderActiveBackground: '--line-strong',
} as const satisfies Partial<Record<keyof ITheme, string>>

/** The tokens as they are now; `light-dark()` is resolved by the browser. */
function themeOf(place: HTMLElement): ITheme {
  const probe = document.createElement('span')
  place.append(probe)
  const entries = Object.entries(ANSI).map(([name, token]) => {
    probe.style.color = `var(${token})`
    return [name, getComputedStyle(probe).color]
  })
  probe.remove()
  return Object.fromEntries(entries)
}
