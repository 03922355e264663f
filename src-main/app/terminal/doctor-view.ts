import { type Agent, wordingOf } from '../../../src-shared/contract/index.ts'
import type { DoctorReport } from '../doctor.ts'
import { bytes, oneLine, type Paint } from './format.ts'

/** One line for each part, found or missing; below what is missing, what to do about it. */
export function doctorLines({ git, node, data, agents }: DoctorReport, paint: Paint): string[] {
  const found = (what: string) => [`${paint('good', '✓ found  ')} ${what}`]
  const missing = (what: string, next?: string) => [
    `${paint('bad', '✗ missing')} ${what}`,
    ...(next ? [`            ${next}`] : []),
  ]
  const folder = `data folder ${oneLine(data.dir)} (${bytes(data.bytes)})`
  const { state } = data
  return [
    ...('code' in git
      ? missing(`git: ${oneLine(git.message)}`, wordingOf(git.code).next)
      : found(`git ${git.version} (${git.embedded ? 'embedded' : "the system's"})`)),
    ...found(`node ${node}`),
    ...('code' in state
      ? missing(`${folder}: ${oneLine(state.message)}`, wordingOf(state.code).next)
      : [
          ...found(`${folder}, sqlite ${state.sqlite}`),
          ...state.damage.flatMap((line) => missing(`set aside: ${oneLine(line)}`)),
        ]),
    ...(agents.length === 0 ? missing('agents: none is configured') : []),
    ...agents.flatMap((agent) =>
      agent.available
        ? found(nameOf(agent))
        : missing(
            `${nameOf(agent)}: ${oneLine(agent.reason?.message ?? 'not usable')}`,
            agent.reason && wordingOf(agent.reason.code).next,
          ),
    ),
  ]
}

const nameOf = ({ id, name, version = '' }: Agent): string =>
  `agent ${oneLine(id)}: ${oneLine(name)} ${oneLine(version)}`.trimEnd()
