import {
  type ErrorCode,
  type Operation,
  operationList,
} from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok } from '../../base/index.ts'
import type { Outcome } from '../outcome.ts'
import { requestOf } from './call.ts'
import { callHttp } from './http-call.ts'
import type { Address, OperationClient, Orchestrator } from './orchestrator-client.ts'
import { remoteFeed } from './remote-feed.ts'

/** An orchestrator of another process, over its gateway: HTTP, and a WebSocket for its events. */
export function createRemote(
  address: Address & { pid: number },
  { retryMs }: { retryMs?: readonly number[] } = {},
): Orchestrator {
  const { pid, ...reached } = address
  const lost = Promise.withResolvers<Failure<ErrorCode>>()
  const feed = remoteFeed(reached, {
    onLost: (message) => lost.resolve({ code: 'gateway_unreachable', message }),
    retryMs,
  })
  return {
    operations: remoteOperations(reached),
    events: feed,
    address: reached,
    elsewhere: { pid },
    lost: lost.promise,
    idle: () => Promise.resolve(),
    close() {
      feed.close()
      return Promise.resolve()
    },
  }
}

function remoteOperations(address: Address): OperationClient {
  const calls = operationList.map((operation) => {
    const call = async (given: Readonly<Record<string, unknown>>): Promise<Outcome<unknown>> => {
      const { method } = operation
      const answer = await callHttp(address, { method, ...requestOf(operation, given) })
      return answer.ok ? readAnswer(operation, answer.value) : answer
    }
    return [operation.name, call] as const
  })
  return Object.fromEntries(calls) as unknown as OperationClient
}

function readAnswer(operation: Operation & { name: string }, value: unknown): Outcome<unknown> {
  const checked = operation.answer.safeParse(value)
  return checked.success
    ? ok(checked.data)
    : fail('gateway_version', `its answer to ${operation.name} has another form`)
}
