import { setTimeout as pause } from 'node:timers/promises'
import type { Failure } from '../../base/index.ts'
import type { Orchestrator } from '../client/orchestrator-client.ts'
import type { Outcome } from '../outcome.ts'

interface Doors {
  /** Opens the orchestrator on a data folder that nobody owns. */
  open(): Promise<Outcome<Orchestrator>>
  /** Reaches the one of the process that owns it. */
  attach(pid: number): Promise<Outcome<Orchestrator>>
  signal: AbortSignal
  /** How long one that starts or ends is waited for, in milliseconds. */
  patienceMs?: number | undefined
}

// It puts in order what was cut off before it listens, and ends agents before it goes.
const PATIENCE_MS = 15_000
const LOOK_MS = 200

/**
 * The orchestrator of a data folder: one of our own, or else the one that owns it. A process that is just starting
 * or ending is waited for; whichever of the two is possible first is taken.
 */
export async function enter(doors: Doors): Promise<Outcome<Orchestrator>> {
  const { signal, patienceMs = PATIENCE_MS } = doors
  const begun = performance.now()
  for (;;) {
    const opened = await doors.open()
    if (opened.ok || opened.error.code !== 'data_folder_owned') return opened
    const pid = ownerOf(opened.error)
    const attached = pid === undefined ? opened : await doors.attach(pid)
    if (attached.ok || attached.error.code === 'gateway_version') return attached
    if (signal.aborted || performance.now() - begun > patienceMs) return attached
    await pause(LOOK_MS)
  }
}

/** The process that a refused lock names. */
function ownerOf({ details }: Failure): number | undefined {
  const pid = (details as { pid?: unknown } | undefined)?.pid
  return typeof pid === 'number' ? pid : undefined
}
