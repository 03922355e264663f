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
  return [
    ...('code' in git
      ? missing(`git: ${oneLine(git.message)}`, wordingOf(git.code).next)
      : found(`git ${git.version} (${git.embedded ? 'embedded' : "the system's"})`)),
    ...found(`node ${node}`),
    ...dataLines(data, { found, missing }),
    '',
    ...(agents.length === 0 ? missing('agents: none is configured') : []),
    ...agents.flatMap((agent) => agentLines(agent, paint)),
  ]
}

function dataLines(
  { dir, bytes: size, state }: DoctorReport['data'],
  { found, missing }: Marks,
): string[] {
  const folder = `data folder ${oneLine(dir)} (${bytes(size)})`
  if ('code' in state) {
    return missing(`${folder}: ${oneLine(state.message)}`, wordingOf(state.code).next)
  }
  if ('owner' in state) {
    const { pid, startedAt, url } = state.owner
    const where = url === undefined ? '' : `, at ${oneLine(url)}`
    return found(`${folder}, in use by process ${pid} since ${startedAt}${where}`)
  }
  return [
    ...found(`${folder}, sqlite ${state.sqlite}`),
    ...state.damage.flatMap((line) => missing(`set aside: ${oneLine(line)}`)),
  ]
}

interface Marks {
  found: (what: string) => string[]
  missing: (what: string, next?: string) => string[]
}
