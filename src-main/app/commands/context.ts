import { join, resolve } from 'node:path'
import type { Config } from '../../../src-shared/contract/index.ts'
import {
  createRedactor,
  type Failure,
  type Log,
  ok,
  type Redactor,
  systemClock,
} from '../../base/index.ts'
import { createFileLog } from '../../telemetry/index.ts'
import { defaultDataDir } from '../data-folder.ts'
import type { DoctorOptions, DoctorReport } from '../doctor.ts'
import { hideSecrets } from '../hide-secrets.ts'
import { readConfig } from '../input-files.ts'
import type { OpenOrchestrator, Orchestrator } from '../orchestrator-port.ts'
import { failureLines } from '../terminal/result-view.ts'
import type { Screen } from '../terminal/screen.ts'

/** What every command is given: how to reach the orchestrator, where to speak, when to stop. */
export interface CommandContext {
  open: OpenOrchestrator
  /** Looks at what work depends on, without an orchestrator. */
  examine: (options: DoctorOptions) => Promise<DoctorReport>
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

interface Opened {
  orchestrator: Orchestrator
  log: Log
  /** Keeps what it is told to hide out of the log. */
  redactor: Redactor
}

interface DataOptions {
  data?: string | undefined
  config?: string | undefined
  /** Instead of a configuration file. */
  settings?: Config
}

/**
 * Opens the orchestrator on a data folder, with its log, for as long as `work` takes. Answers with
 * nothing, having said why, when it cannot be opened.
 */
export async function withData<T>(
  context: CommandContext,
  options: DataOptions,
  work: (opened: Opened) => Promise<T>,
): Promise<T | undefined> {
  const config = options.settings ? ok(options.settings) : readConfig(options.config)
  if (!config.ok) {
    explain(context.screen, config.error)
    return undefined
  }
  const dataDir = resolve(options.data ?? defaultDataDir())
  const { resourcesDir } = context
  const redactor = createRedactor()
  hideSecrets(redactor, { config: config.value, env: process.env })
  const { log, close } = createFileLog({
    dir: join(dataDir, 'logs'),
    clock: systemClock,
    redactor,
  })
  try {
    const opened = await context.open({
      dataDir,
      config: config.value,
      resourcesDir,
      log,
      redactor,
    })
    if (!opened.ok) {
      explain(context.screen, opened.error)
      return undefined
    }
    for (const { place, problem } of opened.value.damage()) {
      explain(context.screen, { code: 'data_damaged', message: `${place}: ${problem}` })
    }
    log.info('opened', { version: context.version, node: process.versions.node, dataDir })
    try {
      return await work({ orchestrator: opened.value, log, redactor })
    } finally {
      await opened.value.close()
    }
  } catch (error) {
    // The log is where the words for an unexpected failure point to.
    log.error('failed', { error })
    throw error
  } finally {
    close()
  }
}

/** Says a failure on standard error. */
export function explain(screen: Screen, failure: Failure): void {
  for (const line of failureLines(failure, screen.notePaint)) screen.note(line)
}
