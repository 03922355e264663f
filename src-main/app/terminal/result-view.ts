import {
  type Approval,
  type Checkpoint,
  type Evidence,
  isErrorCode,
  type Session,
  type SessionCommit,
  type Task,
  wordingOf,
} from '../../../src-shared/contract/index.ts'
import type { Failure } from '../../base/index.ts'
import { duration, lastLines, oneLine, type Paint, plural, shortCommit } from './format.ts'
import { agentOf, isAllIntegrated, lookOf } from './task-words.ts'

// A refusal that names more files than this is read in the log, not on the screen.
const MAX_DETAILS = 20

/** What was done, by whom, on what evidence, what is left, and how to go on. */
export function resultLines(
  session: Session,
  { approvals, columns }: { approvals: readonly Approval[]; columns: number },
  paint: Paint,
): string[] {
  const done = session.tasks.filter(({ state }) => state === 'integrated')
  const left = session.tasks.filter(({ state }) => state !== 'integrated' && state !== 'cancelled')
  return [
    '',
    paint('strong', `${done.length} of ${plural(session.tasks.length, 'task')} integrated`),
    ...session.tasks.flatMap((task) => taskLines(task, columns, paint)),
    ...uncheckedLines(done, paint),
    ...leftLines(left, approvals, paint),
    ...(session.reason ? [`session ${session.state}: ${oneLine(session.reason.message)}`] : []),
  ]
}

function taskLines(task: Task, columns: number, paint: Paint): string[] {
  const { glyph, word, tone } = lookOf(task.state)
  const runs = task.runs.length > 1 ? `, ${plural(task.runs.length, 'run')}` : ''
  const agent = agentOf(task)
  const by = agent ? ` by ${oneLine(agent)}${runs}` : ''
  const commit = task.commit ? ` ${shortCommit(task.commit)}` : ''
  const head = `${paint(tone, `${glyph} ${word}`)} ${oneLine(`${task.key} ${task.title}`)}`
  const facts = [`${by}${commit}`, evidenceText(task.evidence)].filter(Boolean).join('; ')
  const summary = task.summary
    ? [paint('dim', `    ${oneLine(task.summary).slice(0, columns)}`)]
    : []
  return [head, ...(facts ? [`   ${facts}`] : []), ...summary, ...reasonLines(task)]
}

function reasonLines({ reason, state }: Task): string[] {
  if (!reason || state === 'integrated') return []
  const { next } = wordingOf(reason.code)
  return [`    ${oneLine(reason.message)}`, `    ${next}`]
}

/** The last evidence of each check. */
function evidenceText(evidence: readonly Evidence[]): string {
  const last = new Map(evidence.map((one) => [one.check, one]))
  return [...last.values()]
    .map(({ check, exitCode, durationMs }) => {
      return `${oneLine(check)} ${exitCode === 0 ? 'green' : 'red'} (${duration(durationMs)})`
    })
    .join(', ')
}

function uncheckedLines(done: readonly Task[], paint: Paint): string[] {
  if (!done.some(({ evidence }) => evidence.length === 0)) return []
  return [
    paint('wait', 'unchecked: no check ran on some of this work.'),
    '   Name checks in .thalogos.json, commit it, and trust it with --trust.',
  ]
}

function leftLines(left: readonly Task[], approvals: readonly Approval[], paint: Paint): string[] {
  return [
    ...(left.length > 0
      ? [paint('wait', `left: ${left.map(({ key }) => oneLine(key)).join(', ')}`)]
      : []),
    ...approvals.map(({ question }) => `   a question waits: ${oneLine(question)}`),
    ...(approvals.length > 0 ? ['   Run the same command in a terminal to answer.'] : []),
  ]
}

/** One line that says how to continue after this command. */
export function goOnLine(session: Session, saved: boolean): string {
  if (!isAllIntegrated(session)) return 'To go on, run the same command again.'
  return saved
    ? `The work is on ${oneLine(session.target)}.`
    : `To move it onto ${oneLine(session.target)}, run the same command with --save.`
}

export function checkpointLines(session: Session, checkpoint: Checkpoint, paint: Paint): string[] {
  const checks = evidenceText(checkpoint.evidence) || 'unchecked'
  return [
    paint('good', `✓ saved ${oneLine(session.target)} → ${shortCommit(checkpoint.commit)}`),
    `   tag ${oneLine(checkpoint.tag)}; ${checks}`,
  ]
}

/** What happened, what was kept, what to do next. */
export function failureLines(failure: Failure, paint: Paint): string[] {
  const wording = isErrorCode(failure.code) ? wordingOf(failure.code) : undefined
  return [
    paint('bad', `✗ ${wording?.what ?? 'It failed.'}`) + paint('dim', ` (${failure.code})`),
    ...lastLines(failure.message, MAX_DETAILS).map((line) => `   ${line}`),
    ...detailLines(failure.details),
    ...(wording ? [`   ${wording.kept}`, `   ${wording.next}`] : []),
  ]
}

/** Lists in the details (files, commits) are what the user has to look at; `total` counts also what was cut. */
function detailLines(details: unknown): string[] {
  if (typeof details !== 'object' || details === null) return []
  return Object.entries(details).flatMap(([name, value]) => {
    const texts = Array.isArray(value) ? value.flatMap(detailText) : []
    if (texts.length === 0) return []
    const total = 'total' in details ? Number(details.total) : texts.length
    const shown = texts.slice(0, MAX_DETAILS)
    const more = total > shown.length ? [`     … ${total - shown.length} more`] : []
    return [`   ${oneLine(name)}:`, ...shown.map((text) => `     ${oneLine(text)}`), ...more]
  })
}

/** A name, or a name with what is said about it: `a.txt (modified)`. */
function detailText(item: unknown): string[] {
  if (typeof item === 'string') return [item]
  if (typeof item !== 'object' || item === null) return []
  const [name, ...facts] = Object.values(item).filter((fact) => typeof fact === 'string')
  if (name === undefined) return []
  return [facts.length > 0 ? `${name} (${facts.join(', ')})` : name]
}

/** The history of a session, newest first: commit, refs, subject, author. */
export const lineageLines = (entries: readonly SessionCommit[], paint: Paint): string[] =>
  entries.map(({ commit, parents, refs, subject, author, task }) => {
    const names = refNames(refs)
    const shape = parents.length > 1 ? '⋈' : '●'
    const of = task ? ` [${oneLine(task)}]` : ''
    const shown = names.length > 0 ? ` ${paint('good', `(${names.join(', ')})`)}` : ''
    return `${shape} ${shortCommit(commit)}${shown} ${oneLine(subject)}${of} ${paint('dim', oneLine(author))}`
  })

/** A task's own branch is left out: the task stands in brackets already. */
const refNames = (refs: readonly string[]): string[] =>
  refs
    .filter((ref) => !/^session\/[^/]+\/task\//.test(ref))
    .map((ref) => oneLine(ref.replace(/^session\/[^/]+\/integration$/, 'integration')))
