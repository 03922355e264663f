import type { Mirror } from '../mirror.ts'
import { readRef, updateRefs } from '../refs.ts'
import type { RefMove } from './journal.ts'

/** Moves refs of the mirror that follow the target; any number of times, in one transaction. */
export async function moveMirrorRefs(mirror: Mirror, moves: readonly RefMove[]): Promise<void> {
  if (moves.length === 0) return
  const moved = await updateRefs(mirror, moves)
  if (moved.ok) return
  const now = await Promise.all(moves.map(({ ref }) => readRef(mirror, ref)))
  if (moves.every(({ to }, n) => now[n] === to)) return
  // Only one thing at a time happens to a session: that is the caller's promise.
  throw new Error(`a branch of the mirror moved on its own: ${moved.error.message}`)
}
