import type { Log } from '../../base/index.ts'
import { createGateway, newToken } from '../../gateway/index.ts'
import type { Orchestrator } from '../orchestrator-port.ts'
import { type CommandContext, EXIT, explain, withData } from './context.ts'

export interface ServeOptions {
  port?: number
  data?: string
  config?: string
  json: boolean
}

/** The gateway alone, until Ctrl-C. Its address, with the token, is the first line on standard output. */
export async function serveCommand(
  context: CommandContext,
  options: ServeOptions,
): Promise<number> {
  const code = await withData(context, options, (opened) =>
    serve({ ...context, ...opened }, options),
  )
  return code ?? EXIT.usage
}

async function serve(
  context: CommandContext & { orchestrator: Orchestrator; log: Log },
  options: ServeOptions,
): Promise<number> {
  const { screen, orchestrator, log } = context
  const token = newToken()
  const gateway = await createGateway({
    sessions: () => orchestrator.sessions(),
    token,
    pageDir: context.pageDir,
    version: context.version,
    ...(options.port === undefined ? {} : { port: options.port }),
    log,
  })
  if (!gateway.ok) {
    explain(screen, gateway.error)
    return EXIT.usage
  }
  const { url } = gateway.value
  log.info('serving', { url })
  if (options.json) screen.line(JSON.stringify({ url, token }))
  else {
    screen.line(`Thalogos serves its interface at ${url}/#token=${token}`)
    screen.note('Open it in a browser on this machine. Ctrl-C stops it.')
  }
  await untilAborted(context.signal)
  await gateway.value.close()
  await orchestrator.interrupt()
  return EXIT.done
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
