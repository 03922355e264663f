import { call, runCommand } from '../../base/index.ts'
import type { Said } from './composer-words.ts'

/** Does what the user said; what went wrong, as a sentence. */
export async function carryOut(session: string, said: Said): Promise<string | undefined> {
  switch (said.deed) {
    case 'save':
    case 'rollback':
      runCommand(`session.${said.deed}`)
      return undefined
    case 'unknown':
      return `${said.word} is not known, or something is missing after it.`
    default: {
      const done = await ask(session, said)
      return done.ok ? undefined : done.error.message
    }
  }
}

type Asked =
  | Exclude<Said, { deed: 'save' | 'rollback' } | { deed: 'unknown' }>
  | Extract<Said, { deed: 'pause' }>

function ask(session: string, said: Asked) {
  switch (said.deed) {
    case 'say':
      return call('postMessage', { session, text: said.text })
    case 'delegate': {
      const { deed: _, ...task } = said
      return call('delegateTask', { session, ...task })
    }
    case 'pause':
      return call('suspendSession', { session })
    case 'resume':
      return call('resumeSession', { session })
    case 'finish':
      return call('finalizeSession', { session })
    default:
      throw new Error(`nobody asks for ${said.deed}`)
  }
}
