import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 50
// A CLI that starts while the cores are shared takes ten seconds; none takes six times as long.
const LIMIT_MS = 60_000

/** Until `look` finds something. When it never does, `missing` says what was waited for and what there was instead. */
export async function eventually<T>(
  look: () => T | undefined | false,
  missing: () => string,
): Promise<T> {
  const giveUp = Date.now() + LIMIT_MS
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > giveUp) throw new Error(missing())
    await sleep(LOOK_MS)
  }
}
