import { type Agent, wordingOf } from '../../../src-shared/contract/index.ts'
import { printableLine } from '../../base/index.ts'
import type { Paint, Tone } from './format.ts'
import { hanging } from './wrap.ts'

// As wide as the longest mark and label; what is said of an agent stands in one column.
const MARK = 9
const LABEL = 11
// All that an agent is started with fits; more is an attack on the reader.
const MAX_FACT = 4_000

/** A sign and a word for how a part was found. */
export type Mark = 'found' | 'missing' | 'sign in' | 'waits' | 'off'
const MARKS: Readonly<Record<Mark, { sign: string; tone: Tone }>> = {
  found: { sign: '✓', tone: 'good' },
  missing: { sign: '✗', tone: 'bad' },
  'sign in': { sign: '!', tone: 'wait' },
  waits: { sign: '!', tone: 'wait' },
  off: { sign: '-', tone: 'dim' },
}

/** A mark, and beside it a text broken between words. */
export function marked(mark: Mark, text: string, paint: Paint): string[] {
  const { sign, tone } = MARKS[mark]
  const [first = '', ...rest] = hanging(printableLine(text, MAX_FACT), MARK + 1)
  return [`${paint(tone, `${sign} ${mark}`.padEnd(MARK))} ${first.trimStart()}`, ...rest]
}

/** A text below what it belongs to. */
export const below = (text: string): string[] => hanging(printableLine(text, MAX_FACT), MARK + 1)

/** All about one agent: can it be used, where it is, how one signs in, how it asks, what it is started with. */
export function agentLines(agent: Agent, paint: Paint): string[] {
  const { id, name, version, available } = agent
  const title = [
    name,
    ...(version === undefined ? [] : [version]),
    ...(name === id ? [] : [`(${id})`]),
  ]
  return [
    ...marked(markOf(agent), title.join(' '), paint),
    ...(available ? [] : whyNot(agent).flatMap(below)),
    ...facts(agent).flatMap(([label, text]) => fact(label, text, paint)),
  ]
}

function markOf({ available, reason }: Agent): Mark {
  if (available) return 'found'
  switch (reason?.code) {
    case 'not_signed_in':
      return 'sign in'
    case 'rate_limited':
      return 'waits'
    case 'agent_unavailable':
      return 'off'
    default:
      return 'missing'
  }
}

/** Its reason, and what that leaves open. */
function whyNot({ reason, signIn }: Agent): string[] {
  if (!reason) return ['It cannot be used.']
  const { code, message } = reason
  switch (code) {
    case 'not_signed_in':
      // How is said once, as a fact.
      return signIn !== undefined && message.endsWith(signIn) ? [] : [message]
    case 'command_missing':
      return [message, 'If it is elsewhere, set `command` of this agent in the configuration.']
    case 'agent_unavailable':
      return [message]
    default:
      return [message, wordingOf(code).next]
  }
}

type Fact = readonly [label: string, text: string]

function facts({ path, available, reason, signIn, asking, passes }: Agent): Fact[] {
  const isOff = reason?.code === 'agent_unavailable'
  if (isOff || (!available && path === undefined)) return []
  const isSignedOut = reason?.code === 'not_signed_in'
  const signedIn = isSignedOut ? `no; ${signIn ?? 'use its own command'}` : 'yes'
  return [
    ['found at', path ?? 'a place that depends on the folder it is started in'],
    ...(signIn === undefined && !isSignedOut ? [] : [['signed in', signedIn] as const]),
    ['questions', asking],
    ['arguments', passes.args.map(quoted).join(' ') || 'none'],
    ['variables', passes.env.join(' ') || 'none'],
  ]
}

/** As one would type it. */
const quoted = (argument: string): string =>
  /^[\w@%+=:,./<>{}-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`

function fact(label: string, text: string, paint: Paint): string[] {
  const [first = '', ...rest] = hanging(printableLine(text, MAX_FACT), MARK + 1 + LABEL)
  const head = ' '.repeat(MARK + 1) + paint('dim', label.padEnd(LABEL))
  return [`${head}${first.trimStart()}`, ...rest]
}
