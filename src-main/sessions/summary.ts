import type { Session, Task } from '../../src-shared/contract/index.ts'
import { printableLine } from '../base/index.ts'

/** The answer in the chat when a session rests: what was done, by whom, with which evidence, what is left. */
export function summarise(session: Session, nameOf: (agent: string) => string): string {
  const done = session.tasks.filter((task) => task.state === 'integrated')
  const left = session.tasks.filter((task) => task.state !== 'integrated')
  const heading =
    left.length === 0
      ? `All ${done.length} tasks are integrated.`
      : `${done.length} of ${session.tasks.length} tasks are integrated.`
  return [
    heading,
    ...done.map((task) => `- ${printableLine(task.title)}: ${doneBy(task, nameOf)}`),
    ...(left.length > 0 ? ['', 'Left:'] : []),
    ...left.map((task) => `- ${printableLine(task.title)}: ${whatIsLeft(task)}`),
    '',
    `Tokens: ${session.usage.inputTokens} in, ${session.usage.outputTokens} out. Cost so far: ${session.usage.costUsd.toFixed(2)} US dollars.`,
  ].join('\n')
}

function doneBy(task: Task, nameOf: (agent: string) => string): string {
  const runs = task.runs.length
  const tries = runs > 1 ? `, ${runs} runs` : ''
  return `${task.agent ? nameOf(task.agent) : 'nobody'}${tries}; ${evidenceOf(task)}`
}

function evidenceOf(task: Task): string {
  const green = new Set(
    task.evidence.filter(({ exitCode }) => exitCode === 0).map(({ check }) => check),
  )
  return green.size === 0 ? 'unchecked' : `${[...green].join(', ')} green`
}

const whatIsLeft = (task: Task): string =>
  task.reason ? `${task.state}, ${printableLine(task.reason.message)}` : task.state
