import { type Agent, wordingOf } from '../../../src-shared/contract/index.ts'
import { printableLine } from '../../base/index.ts'
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
    ...agents.flatMap((agent) => [
      ...(agent.available
        ? found(`${nameOf(agent)}, signed in`)
        : missing(
            `${nameOf(agent)}: ${oneLine(agent.reason?.message ?? 'not usable')}`,
            agent.reason && wordingOf(agent.reason.code).next,
          )),
      ...(agent.version === undefined ? [] : aboutAgent(agent)),
    ]),
  ]
}

// As many columns as a terminal has at least; what is found stands behind its mark.
const COLUMNS = 80
// All that an agent is started with fits; more is an attack on the reader.
const MAX_FACT = 4_000
const INDENT = ' '.repeat(12)

/** Where it is, how it asks, and what it is started with. */
function aboutAgent({ path, asking, passes }: Agent): string[] {
  return [
    ...(path === undefined ? [] : fact('found at', path)),
    ...fact('questions', asking),
    ...fact('arguments', passes.args.length === 0 ? 'none' : passes.args.join(' ')),
    ...fact('variables', passes.env.length === 0 ? 'none' : passes.env.join(' ')),
  ]
}

/** A label and its text, broken between words. */
function fact(label: string, text: string): string[] {
  const lines: string[] = []
  let line = `${label}:`
  for (const word of printableLine(text, MAX_FACT).split(' ')) {
    if (INDENT.length + line.length + 1 + word.length > COLUMNS) {
      lines.push(line)
      line = ' '
    }
    line = `${line} ${word}`
  }
  return [...lines, line].map((each) => `${INDENT}${each}`)
}

const nameOf = ({ id, name, version = '' }: Agent): string =>
  `agent ${oneLine(id)}: ${oneLine(name)} ${oneLine(version)}`.trimEnd()
