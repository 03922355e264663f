import {
  noUsage,
  type Session,
  type Task,
  type TaskState,
  type Usage,
} from '../../../src-shared/contract/index.ts'
import { duration, oneLine, type Paint, plural, usageText } from './format.ts'
import { agentOf, elapsed, isMoving, lookOf } from './task-words.ts'
import { cutTo, fit, widthOf } from './width.ts'

export interface ViewSpace {
  /** Milliseconds since 1970. */
  now: number
  columns: number
  rows: number
}

// Below this a line holds a state and a piece of a title; narrower terminals are cut, not wrapped.
const NARROWEST = 20
// Lines beside the tasks: head, the rest's summary, and the line where the cursor stands.
const OTHER_LINES = 3
const WORD_CELLS = 11
const AGENT_CELLS = 18
const TIME_CELLS = 7
const USAGE_CELLS = 20

/** What goes first when there is no room for all: what moves, what needs a human, what comes next. */
const ORDER: readonly (readonly TaskState[])[] = [
  ['running', 'reported', 'verifying', 'verified', 'integrating'],
  ['conflicted', 'failed'],
  ['queued'],
  ['planned', 'blocked'],
  ['integrated', 'cancelled'],
]

/** The live view of a session: a head, then a line per task in the plan's order. Never more than fits. */
export function sessionLines(session: Session, space: ViewSpace, paint: Paint): string[] {
  const columns = Math.max(NARROWEST, space.columns) - 1
  const room = Math.max(1, space.rows - OTHER_LINES)
  const shown = choose(session.tasks, room)
  const rest = session.tasks.filter((task) => !shown.has(task))
  return [
    headLine(session, columns, paint),
    ...session.tasks
      .filter((task) => shown.has(task))
      .map((task) => taskLine(task, { now: space.now, columns }, paint)),
    ...(rest.length > 0 ? [paint('dim', cutTo(`  … ${restText(rest)}`, columns))] : []),
  ]
}

/** What happened to how many, for what is not shown in lines: `12 more: 10 integrated, 2 queued`. */
function restText(tasks: readonly Task[]): string {
  const counts = new Map<string, number>()
  for (const { state } of tasks) {
    counts.set(lookOf(state).word, (counts.get(lookOf(state).word) ?? 0) + 1)
  }
  return `${tasks.length} more: ${[...counts].map(([word, count]) => `${count} ${word}`).join(', ')}`
}

function choose(tasks: readonly Task[], room: number): ReadonlySet<Task> {
  if (tasks.length <= room) return new Set(tasks)
  const ranked = ORDER.flatMap((states) => tasks.filter(({ state }) => states.includes(state)))
  return new Set(ranked.slice(0, room))
}

function headLine(session: Session, columns: number, paint: Paint): string {
  const done = session.tasks.filter(({ state }) => state === 'integrated').length
  const moving = session.tasks.filter(isMoving).length
  const facts = [
    session.tasks.length === 0
      ? 'planning'
      : `${done} of ${plural(session.tasks.length, 'task')} integrated`,
    ...(moving > 0 ? [`${moving} at work`] : []),
    usageText(session.usage),
  ]
  const right = facts.filter(Boolean).join(' · ')
  const left = cutTo(oneLine(session.goal), Math.max(0, columns - widthOf(right) - 2))
  return `${paint('strong', left)}${left ? '  ' : ''}${paint('dim', cutTo(right, columns))}`
}

function taskLine(
  task: Task,
  { now, columns }: { now: number; columns: number },
  paint: Paint,
): string {
  const { glyph, word, tone } = lookOf(task.state)
  const state = `${glyph} ${fit(word, WORD_CELLS)}`
  const time = elapsed(task, now)
  // From the left in order of weight; what no longer fits beside a readable title is left out.
  const parts = [
    { cells: AGENT_CELLS, text: oneLine(agentOf(task) ?? '') },
    { cells: TIME_CELLS, text: time === undefined ? '' : duration(time) },
    { cells: USAGE_CELLS, text: usageText(totalUsage(task)) },
  ]
  let free = columns - widthOf(state) - 2
  const titleCells = Math.max(12, Math.floor(free / 2))
  const tail: string[] = []
  for (const part of parts) {
    if (free - part.cells - 2 < titleCells) break
    free -= part.cells + 2
    tail.push(fit(part.text, part.cells))
  }
  const why = task.reason && !isMoving(task) ? ` (${task.reason.message})` : ''
  const title = fit(oneLine(`${task.key} ${task.title}${why}`), Math.max(0, free))
  return `${paint(tone, state)}  ${title}${tail.map((text) => `  ${paint('dim', text)}`).join('')}`
}

const totalUsage = (task: Task): Usage =>
  task.runs.reduce(
    (sum, { usage }) => ({
      inputTokens: sum.inputTokens + usage.inputTokens,
      outputTokens: sum.outputTokens + usage.outputTokens,
      costUsd: sum.costUsd + usage.costUsd,
    }),
    noUsage,
  )
