import { wordingOf } from '../../../src-shared/contract/index.ts'
import type { DoctorReport } from '../doctor.ts'
import { agentLines, below, marked } from './agent-lines.ts'
import { bytes, oneLine, type Paint } from './format.ts'

/** Each part, found or missing; below it what is known of it, and what to do about what is missing. */
export function doctorLines({ git, node, data, agents }: DoctorReport, paint: Paint): string[] {
  const found = (what: string) => marked('found', what, paint)
  const missing = (what: string, next?: string) => [
    ...marked('missing', what, paint),
    ...(next === undefined ? [] : below(next)),
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
    '',
    ...(agents.length === 0 ? missing('agents: none is configured') : []),
    ...agents.flatMap((agent) => agentLines(agent, paint)),
  ]
}
