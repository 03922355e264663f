import type { ErrorCode } from '../../../src-shared/contract/index.ts'
import {
  type Failure,
  type Log,
  ok,
  type Redactor,
  type Result,
  systemClock,
} from '../../base/index.ts'
import { createGateway, newToken, type OperationHandlers } from '../../gateway/index.ts'
import { storageFailure } from '../../storage/index.ts'
import type { Parts } from '../boot.ts'
import type { Address } from '../client/orchestrator-client.ts'
import { removeGatewayFile, writeGatewayFile } from './gateway-file.ts'
import { createRunQuestions } from './run-questions.ts'
import { createArtifactSource, createTerminals } from './terminals.ts'

export interface HostOptions {
  dataDir: string
  version: string
  /** The built page. */
  pageDir: string
  /** A free one unless given. */
  port?: number | undefined
  log: Log
  redactor: Redactor
}

export interface Host {
  address: Address
  /** No new client finds it from now on. */
  hide(): void
  close(): Promise<void>
}

/** Opens the gateway of an orchestrator, and says in its data folder where it is. */
export async function openHost(
  parts: Parts,
  handlers: OperationHandlers,
  options: HostOptions,
): Promise<Result<Host, Failure<ErrorCode>>> {
  const { dataDir, version, pageDir, port, log, redactor } = options
  const tokens = { owner: newToken(), metrics: newToken() }
  redactor.hide('owner token', tokens.owner)
  redactor.hide('metrics token', tokens.metrics)
  const { artifacts } = parts.storage
  const { read } = parts.events
  const gateway = await createGateway({
    operations: handlers,
    events: parts.events,
    terminals: createTerminals({ runner: parts.runner, read, artifacts }),
    artifacts: createArtifactSource(artifacts),
    runs: { resolveToken: parts.tools.resolve, ask: createRunQuestions(parts) },
    metrics: parts.metrics.text,
    tokens,
    version,
    pageDir,
    ...(port === undefined ? {} : { port }),
    log,
  })
  if (!gateway.ok) return gateway
  const { url, close } = gateway.value
  parts.tools.serveAt(`${url}/mcp`)
  const { owner: token, metrics: metricsToken } = tokens
  const startedAt = systemClock.now()
  try {
    writeGatewayFile(dataDir, { url, token, metricsToken, pid: process.pid, version, startedAt })
  } catch (error) {
    await close()
    const failure = storageFailure(error)
    if (!failure) throw error
    return { ok: false, error: failure }
  }
  log.info('serving', { url })
  return ok({
    address: { url, token: tokens.owner },
    hide: () => removeGatewayFile(dataDir),
    close,
  })
}
