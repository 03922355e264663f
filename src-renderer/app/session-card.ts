import type { Session, Task, TaskState } from '../../src-shared/contract/index.ts'

type Make = (name: string, className?: string, text?: string) => HTMLElement

/** A glyph and a word beside the colour: states are told apart without it. */
const LOOKS: Readonly<Record<TaskState, { glyph: string; tone: string }>> = {
  planned: { glyph: '·', tone: '' },
  blocked: { glyph: '◌', tone: '' },
  queued: { glyph: '○', tone: '' },
  running: { glyph: '●', tone: 'busy' },
  reported: { glyph: '◔', tone: 'busy' },
  verifying: { glyph: '◑', tone: 'busy' },
  verified: { glyph: '◕', tone: 'busy' },
  integrating: { glyph: '◕', tone: 'busy' },
  integrated: { glyph: '✓', tone: 'good' },
  conflicted: { glyph: '!', tone: 'wait' },
  failed: { glyph: '✗', tone: 'bad' },
  cancelled: { glyph: '–', tone: '' },
}

// A goal is text of any length; a card shows its beginning.
const MAX_GOAL = 300

/** One session with its tasks, as an article with a list. */
export function sessionCard(session: Session, make: Make): HTMLElement {
  const card = make('article', 'session')
  const header = make('header')
  const tag = session.checkpoints.at(-1)?.tag
  const facts = [
    session.state.replaceAll('_', ' '),
    `target ${session.target}`,
    tag ? `saved as ${tag}` : '',
  ]
  header.append(
    make('h2', '', session.goal.slice(0, MAX_GOAL)),
    make('div', 'facts', facts.filter(Boolean).join(' · ')),
  )
  const list = make('ul', 'tasks')
  list.append(...session.tasks.map((task) => taskRow(task, make)))
  card.append(header, list)
  return card
}

function taskRow(task: Task, make: Make): HTMLElement {
  const row = make('li', 'task')
  const { glyph, tone } = LOOKS[task.state]
  const title = make('span', 'title', task.title)
  if (task.reason && task.state !== 'integrated') {
    title.append(make('div', 'reason', task.reason.message))
  }
  row.append(
    make('span', tone, `${glyph} ${task.state}`),
    title,
    make('span', 'agent', task.agent ?? ''),
  )
  return row
}
