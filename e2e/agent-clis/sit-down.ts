import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Person, personAt } from '../program/person.ts'
import type { Ground, GroundRun } from './ground.ts'

const SIZE = { cols: 120, rows: 40 }

/** Opens the conversation for a person. */
export async function sitDown(
  ground: Ground,
  runId: string,
  resume: string | undefined,
): Promise<Person & { run: GroundRun }> {
  const run = ground.start(runId, '', {
    interactive: SIZE,
    ...(resume === undefined ? {} : { resume }),
  })
  await run.started
  const person = personAt({ ...SIZE, printed: () => printed(ground, runId), type: run.write })
  void run.done.then(person.close)
  return { ...person, run }
}

/** What the run printed so far. */
function printed({ dir }: Ground, runId: string): Buffer {
  try {
    return readFileSync(join(dir, 'runs', runId, 'raw.log'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}
