import { setTimeout as pause } from 'node:timers/promises'
import type { ErrorCode } from '../../src-shared/contract/index.ts'
import { Disposables, type Failure, ok, type Result } from '../base/index.ts'
import { type BootOptions, boot, type Parts } from './boot.ts'
import { localFeed, localOperations } from './client/local-client.ts'
import type { Orchestrator } from './client/orchestrator-client.ts'
import { type HostOptions, openHost } from './hosting/host.ts'
import { createOperations, type Operations } from './operations/create-operations.ts'

export type OpenOptions = BootOptions & HostOptions

// Somebody elsewhere whose session came to rest asks for its result, or to save it, within moments.
const QUIET_MS = 1_000
const LOOK_MS = 50

/** Boots the orchestrator on a data folder that nobody owns, and opens its gateway. */
export async function openOrchestrator(
  options: OpenOptions,
): Promise<Result<Orchestrator, Failure<ErrorCode>>> {
  const booted = await boot(options)
  if (!booted.ok) return booted
  const parts = booted.value
  const operations = createOperations(parts, options)
  let host: Awaited<ReturnType<typeof openHost>> | undefined
  try {
    host = await openHost(parts, operations.handlers, options)
  } finally {
    if (!host?.ok) await parts.close()
  }
  if (!host.ok) return host
  const owned = new Disposables()
  owned.own(parts)
  owned.own(host.value)
  // Clients hear how their sessions ended before the gateway closes.
  owned.defer(() => parts.sessions.close())
  owned.defer(host.value.hide)
  return ok({
    operations: localOperations(operations.handlers),
    events: localFeed(parts.events),
    address: host.value.address,
    lost: new Promise(() => undefined),
    idle: (onWait) => idle(parts, operations, onWait),
    close: () => owned.close(),
  })
}

async function idle(parts: Parts, operations: Operations, onWait: () => void): Promise<void> {
  const isAtWork = () => parts.events.read.sessions.active().length > 0
  if (!isAtWork()) return
  onWait()
  let quietSince = performance.now()
  while (performance.now() - quietSince < QUIET_MS) {
    await pause(LOOK_MS)
    if (isAtWork() || operations.underWay() > 0) quietSince = performance.now()
  }
}
