import { printable, printableLine } from '../base/index.ts'
import type { Identity } from './repository.ts'

// Longer subjects are cut by every tool that lists commits.
const MAX_SUBJECT = 100
const MAX_TRAILER = 500
// What an agent says at its end is a page at most; a log pasted by mistake has no place in history.
const MAX_BODY = 16_000
const TRAILER = /^[A-Za-z][A-Za-z0-9-]*$/

// Readers of trailers take such a line for the end of the message (git-interpret-trailers(1), --no-divider).
const DASHES = /^-{3,}/gm

/** The author of what an agent of that name wrote; the address is reserved and reaches nobody. */
export function agentIdentity(name: string): Identity {
  const clean = printableLine(name, 60).replace(/[<>]/g, '').trim() || 'Agent'
  const local = clean
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return { name: clean, email: `${local || 'agent'}@agents.thalogos.invalid` }
}

/** The author of what Thalogos itself makes: merges and restored content. */
export const hostIdentity = (): Identity => agentIdentity('Thalogos')

/** The trailers of every commit and tag made for a session, with those in between that say more. */
export const sessionTrailers = (
  session: string,
  more: readonly (readonly [key: string, value: string])[] = [],
): (readonly [key: string, value: string])[] => [
  ['Session', session],
  ...more,
  ['Supervised-by', 'Thalogos'],
]

/**
 * A commit or tag message from texts that may be hostile: one subject line, a body, and trailers
 * (git-interpret-trailers(1)) that stand alone in the last paragraph, so that no text can forge one.
 */
export function composeMessage(parts: {
  subject: string
  body?: string
  trailers: readonly (readonly [key: string, value: string])[]
}): string {
  const line = printableLine(parts.subject.toWellFormed(), MAX_SUBJECT)
  const subject = line.replace(DASHES, '—') || 'Work without a title'
  const trailers = parts.trailers.map(([key, value]) => {
    if (!TRAILER.test(key)) throw new Error(`not a trailer: ${JSON.stringify(key)}`)
    return `${key}: ${printableLine(value.toWellFormed(), MAX_TRAILER)}`
  })
  const paragraphs = [subject, safeBody(parts.body ?? ''), trailers.join('\n')]
  return `${paragraphs.filter((text) => text !== '').join('\n\n')}\n`
}

/** Puts a paragraph of hostile text at the end of a composed message's body, before its trailers. */
export function addParagraph(message: string, text: string): string {
  const paragraph = safeBody(text)
  if (paragraph === '') return message
  const paragraphs = message.trimEnd().split('\n\n')
  const last = paragraphs.at(-1) ?? ''
  const hasTrailers =
    paragraphs.length > 1 && last.split('\n').every((line) => /^[A-Za-z-]+: /.test(line))
  paragraphs.splice(hasTrailers ? -1 : paragraphs.length, 0, paragraph)
  return `${paragraphs.join('\n\n')}\n`
}

function safeBody(text: string): string {
  const clean = printable(
    text
      .slice(0, MAX_BODY * 2)
      .toWellFormed()
      .replace(/\r\n?/g, '\n'),
  )
  return clean
    .slice(0, MAX_BODY)
    .toWellFormed()
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .replace(DASHES, ' $&')
}
