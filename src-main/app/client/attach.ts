import { fail, ok } from '../../base/index.ts'
import { readGatewayFile } from '../hosting/gateway-file.ts'
import type { Outcome } from '../outcome.ts'
import type { Orchestrator } from './orchestrator-client.ts'
import { createRemote } from './remote.ts'

/** Reaches the orchestrator of the process `pid`, which owns the data folder; only one of the same version. */
export async function attach({
  dataDir,
  pid,
  version,
}: {
  dataDir: string
  pid: number
  version: string
}): Promise<Outcome<Orchestrator>> {
  const served = readGatewayFile(dataDir, pid)
  if (!served) {
    return fail('gateway_unreachable', `process ${pid} uses ${dataDir} and serves nothing yet`)
  }
  if (served.version !== version) {
    return fail('gateway_version', `process ${pid} is version ${served.version}, this ${version}`)
  }
  const remote = createRemote(served)
  const status = await remote.operations.getStatus({})
  if (status.ok) return ok(remote)
  await remote.close()
  return status
}
