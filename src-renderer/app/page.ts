import type { Session } from '../../src-shared/contract/index.ts'
import { fetchSessions, takeToken } from './connection.ts'
import { sessionCard } from './session-card.ts'

// Often enough to look live. The event stream replaces this when it exists.
const REFRESH_MS = 1_000

/** The page until the real interface is built: says what runs, and changes nothing. */
function startPage(root: HTMLElement): void {
  const token = takeToken(window.location, window.history, window.sessionStorage)
  const status = element('p', 'status')
  status.setAttribute('role', 'status')
  const list = element('section')
  list.setAttribute('aria-label', 'Sessions')
  const main = element('main')
  main.append(element('h1', '', 'Thalogos'), status, list)
  root.replaceChildren(main)
  if (token === undefined) {
    status.textContent =
      'The address lacks its token. Open the whole address that was printed at the start.'
    return
  }
  let shown = ''
  const refresh = async () => {
    const answer = await fetchSessions(token)
    status.textContent = answer.ok ? summary(answer.sessions) : answer.message
    const text = answer.ok ? JSON.stringify(answer.sessions) : shown
    // Drawn again only when something changed, so that a selection of text survives.
    if (answer.ok && text !== shown) list.replaceChildren(...cards(answer.sessions))
    shown = text
    window.setTimeout(() => void refresh(), REFRESH_MS)
  }
  void refresh()
}

function summary(sessions: readonly Session[]): string {
  const active = sessions.filter(({ state }) => state === 'active').length
  if (sessions.length === 0) return 'Connected.'
  const all = sessions.length === 1 ? '1 session' : `${sessions.length} sessions`
  return `${all}, ${active === 0 ? 'none' : active} at work.`
}

function cards(sessions: readonly Session[]): HTMLElement[] {
  // The newest first: it is the one that somebody is waiting for.
  const newest = sessions.toReversed()
  if (newest.length > 0) return newest.map((session) => sessionCard(session, element))
  const empty = element('p', 'empty', 'No session yet. Start one in a terminal: ')
  empty.append(element('code', '', 'npm start -- run --repo DIR "GOAL"'))
  return [empty]
}

/** Text is only ever set as text: what agents wrote is never markup here. */
function element(name: string, className = '', text = ''): HTMLElement {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text) made.textContent = text
  return made
}

const root = document.getElementById('app')
if (root) startPage(root)
