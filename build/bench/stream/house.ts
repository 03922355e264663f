import { join } from 'node:path'
import { boot } from '../../../src-main/app/boot.ts'
import { openHost } from '../../../src-main/app/hosting/host.ts'
import { createOperations } from '../../../src-main/app/operations/create-operations.ts'
import { createRedactor, silentLog } from '../../../src-main/base/index.ts'
import { configSchema, type StoredEvent } from '../../../src-shared/contract/index.ts'
import { openWire } from './wire.ts'

export type Asked = <T>(method: string, path: string, body?: unknown) => Promise<T>

/** A whole orchestrator behind its gateway, and a client of it. */
export interface House {
  ask: Asked
  /** Milliseconds until the request is answered, and until the first byte of the next run is there. */
  firstFrame(request: () => Promise<unknown>): Promise<{ answer: number; first: number }>
  /** Resolves when nothing in the session can go on without a human. */
  rests(sessionId: string): Promise<void>
  close(): Promise<void>
}

const RESOURCES = join(import.meta.dirname, '../../../resources')
const LOOK_MS = 20

export async function openHouse(dataDir: string, agents: Record<string, object>): Promise<House> {
  const redactor = createRedactor()
  const common = { dataDir, log: silentLog, redactor }
  const booted = await boot({
    ...common,
    config: configSchema.parse({ agents }),
    resourcesDir: RESOURCES,
  })
  if (!booted.ok) throw new Error(booted.error.message)
  const parts = booted.value
  const { handlers } = createOperations(parts, { version: '1', log: silentLog })
  const host = await openHost(parts, handlers, { ...common, version: '1', pageDir: RESOURCES })
  if (!host.ok) throw new Error(host.error.message)
  const { url, token } = host.value.address
  const client = await openClient(Number(new URL(url).port), token)
  const ask: Asked = async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(await response.text())
    return (await response.json()) as never
  }
  return {
    ask,
    async firstFrame(request) {
      const begin = performance.now()
      const seen = client.nextFrame()
      await request()
      const answer = performance.now() - begin
      return { answer, first: (await seen) - begin }
    },
    async rests(sessionId) {
      while (parts.sessions.get(sessionId)?.state === 'active') {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    },
    async close() {
      client.close()
      await host.value.close()
      await parts.close()
    },
  }
}

/** Shows each run from its start on. */
async function openClient(port: number, token: string) {
  let onFrame: (at: number) => void = () => undefined
  const wire = await openWire({
    port,
    token,
    path: '/api/stream?since=0',
    onText(text) {
      const event = JSON.parse(text) as StoredEvent
      if (event.type !== 'run.started') return
      wire.send({ type: 'attach', run: event.data.run.id, view: 'raw', from: 0 })
    },
    onBytes: () => onFrame(performance.now()),
  })
  return {
    nextFrame: () =>
      new Promise<number>((resolve) => {
        onFrame = resolve
      }),
    close: wire.close,
  }
}
