import type { OutputItem } from '../../../src-shared/contract/index.ts'
import { printable, printableLine } from '../../base/index.ts'
import type { AgentEvent } from '../adapter.ts'
import { entryOf, isObject, type JsonObject, textOf } from '../line-parser.ts'

/** A notification that is no item of a thread; undefined when it is not known. */
export function readNotice(method: string, params: JsonObject): AgentEvent[] | undefined {
  const read = entryOf(NOTICES, method)
  if (read === undefined) return QUIET.test(method) ? [] : undefined
  const item = read(params)
  return item === undefined ? [] : [{ type: 'item', item }]
}

/** What is told by other messages, or says nothing about the work. */
const QUIET =
  /^(account|app|externalAgentConfig|fs|hook|remoteControl|skills|thread|turn|windowsSandbox)\/|^item\/\w+\/(\w*[dD]elta|progress|terminalInteraction|patchUpdated|summaryPartAdded|started|completed)$|^mcpServer\/oauthLogin\/|^(model\/(verification|safetyBuffering\/updated)|serverRequest\/resolved)$/

const NOTICES: Readonly<Record<string, (params: JsonObject) => OutputItem | undefined>> = {
  warning: ({ message }) => warning(textOf(message)),
  guardianWarning: ({ message }) => warning(textOf(message)),
  configWarning: ({ details, summary }) => warning(joined(summary, details)),
  deprecationNotice: ({ details, summary }) => warning(joined(summary, details)),
  'model/rerouted': ({ fromModel, toModel }) =>
    warning(`${textOf(toModel)} answers in the place of ${textOf(fromModel)}`),
  'mcpServer/startupStatus/updated': ({ error, name, status }) =>
    status === 'failed'
      ? warning(`the tool server ${textOf(name)} did not start: ${textOf(error)}`)
      : undefined,
  'turn/plan/updated': ({ plan }) => ({ kind: 'tool', name: 'todo_list', text: readTodos(plan) }),
}

const warning = (text: string): OutputItem => ({ kind: 'warning', text: printable(text) })

const joined = (...texts: unknown[]): string =>
  texts
    .map(textOf)
    .filter((text) => text !== '')
    .join('\n')

function readTodos(plan: unknown): string {
  const steps = Array.isArray(plan) ? plan.filter(isObject) : []
  return steps
    .map(({ status, step }) => `${MARKS.get(status) ?? '[ ]'} ${printableLine(textOf(step))}`)
    .join('\n')
}

const MARKS: ReadonlyMap<unknown, string> = new Map([
  ['completed', '[x]'],
  ['inProgress', '[~]'],
])
