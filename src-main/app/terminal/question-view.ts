import * as z from 'zod'
import type { Approval } from '../../../src-shared/contract/index.ts'
import { printable } from '../../base/index.ts'
import { oneLine, plural } from './format.ts'

// What fits on one line beside the agent's name needs no lines of its own.
const SHORT = 200
// A script of more lines is not read at a prompt.
const MAX_LINES = 100
const MAX_CHARS = 20_000

const subjectSchema = z.tuple([z.string(), z.string()])

/** A question with all that is asked about: what one cannot see one cannot allow. */
export function questionLines({ kind, question, subject }: Approval): string[] {
  const deed = kind === 'permission' ? deedOf(subject) : ''
  if (deed.length <= SHORT && !deed.includes('\n')) return [oneLine(question)]
  const lines = deed.slice(0, MAX_CHARS).split('\n')
  const shown = lines.slice(0, MAX_LINES)
  const isWhole = shown.length === lines.length && deed.length <= MAX_CHARS
  return [
    oneLine(question),
    ...shown.map((line) => `   | ${printable(line)}`),
    ...(isWhole
      ? []
      : [`   … not shown whole: ${plural(deed.length, 'character')}; deny it, or look elsewhere.`]),
  ]
}

/** The deed whole, of a subject that is tool and deed. */
function deedOf(subject: string): string {
  try {
    return subjectSchema.safeParse(JSON.parse(subject)).data?.[1] ?? subject
  } catch {
    // It is not of that form: then all of it is the deed.
    return subject
  }
}
