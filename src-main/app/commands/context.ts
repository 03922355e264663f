import { join, resolve } from 'node:path'
import { type Config, defaultConfig, type ErrorCode } from '../../../src-shared/contract/index.ts'
import {
  createRedactor,
  type Failure,
  type Log,
  ok,
  type Result,
  silentLog,
  systemClock,
} from '../../base/index.ts'
import { createFileLog } from '../../telemetry/index.ts'
import type { Orchestrator } from '../client/orchestrator-client.ts'
import { defaultDataDir } from '../data-folder.ts'
import type { DoctorOptions, DoctorReport } from '../doctor.ts'
import { readConfig } from '../input-files.ts'
import type { OpenOptions } from '../orchestrator.ts'
import type { Outcome } from '../outcome.ts'
import { hideSecrets } from '../settings/hide-secrets.ts'
import { failureLines } from '../terminal/result-view.ts'
import type { Screen } from '../terminal/screen.ts'
import { enter } from './enter.ts'

/** What every command is given: how to reach the orchestrator, where to speak, when to stop. */
export interface CommandContext {
  /** Opens the orchestrator on a data folder that nobody owns. */
  open: (options: OpenOptions) => Promise<Outcome<Orchestrator>>
  /** Reaches the one of another process. */
  attach: (owner: {
    dataDir: string
    pid: number
    version: string
  }) => Promise<Outcome<Orchestrator>>
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
  /** For tests: how long another process's start or end is waited for, in milliseconds. */
  patienceMs?: number
}

/** Exit codes of design: the caller's mistake is told apart from work that did not succeed. */
export const EXIT = { done: 0, incomplete: 1, usage: 2, refused: 3 } as const

interface Opened {
  orchestrator: Orchestrator
  log: Log
}

interface DataOptions {
  data?: string | undefined
  config?: string | undefined
  /** Instead of a configuration file. */
  settings?: Config
  port?: number | undefined
  /** Where another process owns the data folder, its orchestrator serves. */
  shared?: boolean
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
  const config = chooseConfig(options)
  if (!config.ok) {
    explain(context.screen, config.error)
    return undefined
  }
  const dataDir = resolve(options.data ?? defaultDataDir())
  const redactor = createRedactor()
  hideSecrets(redactor, { config: config.value ?? defaultConfig, env: process.env })
  const { log, close } = createFileLog({
    dir: join(dataDir, 'logs'),
    clock: systemClock,
    redactor,
  })
  const { resourcesDir, pageDir, version } = context
  const { port } = options
  const own = { dataDir, config: config.value, port, resourcesDir, pageDir, version, log, redactor }
  try {
    const opened = await openShared(context, own, options.shared === true)
    if (!opened.ok) {
      explain(context.screen, opened.error)
      return undefined
    }
    // The log of the data folder is its owner's.
    const used = opened.value.elsewhere ? silentLog : log
    used.info('opened', { version, node: process.versions.node, dataDir })
    return await workWith(context, { orchestrator: opened.value, log: used }, work)
  } catch (error) {
    // The log is where the words for an unexpected failure point to.
    log.error('failed', { error })
    throw error
  } finally {
    close()
  }
}

function chooseConfig({
  settings,
  config,
}: DataOptions): Result<Config | undefined, Failure<ErrorCode>> {
  if (settings) return ok(settings)
  return config === undefined ? ok(undefined) : readConfig(config)
}

function openShared(
  context: CommandContext,
  options: OpenOptions,
  isShared: boolean,
): Promise<Outcome<Orchestrator>> {
  const open = () => context.open(options)
  if (!isShared) return open()
  const { dataDir, version } = options
  const { signal, patienceMs } = context
  return enter({
    open,
    attach: (pid) => context.attach({ dataDir, pid, version }),
    signal,
    patienceMs,
  })
}

async function workWith<T>(
  { screen, signal }: CommandContext,
  opened: Opened,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { orchestrator } = opened
  try {
    const status = await orchestrator.operations.getStatus({})
    for (const { place, problem } of status.ok ? status.value.damage : []) {
      explain(screen, { code: 'data_damaged', message: `${place}: ${problem}` })
    }
    const done = await work(opened)
    if (!signal.aborted) await waitForOthers(orchestrator, { screen, signal })
    return done
  } finally {
    await orchestrator.close()
  }
}

/** Sessions of others work in this process, too: they come to their rest, unless Ctrl-C says otherwise. */
async function waitForOthers(
  orchestrator: Orchestrator,
  { screen, signal }: Pick<CommandContext, 'screen' | 'signal'>,
): Promise<void> {
  const stopped = new Promise<void>((stop) => {
    signal.addEventListener('abort', () => stop(), { once: true })
  })
  const idle = orchestrator.idle(() => {
    screen.note('Another session is at work in this process, which ends when that rests.')
    screen.note('Ctrl-C stops it and keeps its work.')
  })
  await Promise.race([idle, stopped])
}

/** Says a failure on standard error. */
export function explain(screen: Screen, failure: Failure): void {
  for (const line of failureLines(failure, screen.notePaint)) screen.note(line)
}
