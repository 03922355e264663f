import { join, resolve } from 'node:path'
import type { Config } from '../../../src-shared/contract/index.ts'
import { type Failure, type Log, silentLog, systemClock } from '../../base/index.ts'
import { createFileLog } from '../../telemetry/index.ts'
import { defaultDataDir } from '../data-folder.ts'
import { readConfig } from '../input-files.ts'
import type { OpenOrchestrator, Orchestrator } from '../orchestrator-port.ts'
import { failureLines } from '../terminal/result-view.ts'
import type { Screen } from '../terminal/screen.ts'

/** What every command is given: how to reach the orchestrator, where to speak, when to stop. */
export interface CommandContext {
  open: OpenOrchestrator
  screen: Screen
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal
  /** The program's own files: the rehearsal agent, the sample project. */
  resourcesDir: string
  /** The built page. */
  pageDir: string
  version: string
}

/** Exit codes of design: the caller's mistake is told apart from work that did not succeed. */
export const EXIT = { done: 0, incomplete: 1, usage: 2, refused: 3 } as const

export interface Opened {
  orchestrator: Orchestrator
  log: Log
  close(): Promise<void>
}

/** Opens the orchestrator on a data folder, with its log; says why when it cannot. */
export async function openData(
  context: CommandContext,
  options: { data?: string | undefined; config?: string | undefined; settings?: Config },
): Promise<Opened | undefined> {
  const config = options.settings
    ? { ok: true as const, value: options.settings }
    : readConfig(options.config)
  if (!config.ok) {
    explain(context.screen, config.error)
    return undefined
  }
  const dataDir = resolve(options.data ?? defaultDataDir())
  const file = openLog(dataDir)
  const opened = await context.open({
    dataDir,
    config: config.value,
    resourcesDir: context.resourcesDir,
    log: file.log,
  })
  if (!opened.ok) {
    file.log.warn('could not be opened', { code: opened.error.code })
    file.close()
    explain(context.screen, opened.error)
    return undefined
  }
  return {
    orchestrator: opened.value,
    log: file.log,
    async close() {
      await opened.value.close()
      file.close()
    },
  }
}

/** A folder that cannot be written is reported by the orchestrator, with better words than here. */
function openLog(dataDir: string): { log: Log; close(): void } {
  try {
    return createFileLog({ dir: join(dataDir, 'logs'), clock: systemClock })
  } catch {
    // See above: the next step fails on the same folder and says why.
    return { log: silentLog, close: () => undefined }
  }
}

/** Says a failure on standard error. */
export function explain(screen: Screen, failure: Failure): void {
  for (const line of failureLines(failure, screen.notePaint)) screen.note(line)
}
