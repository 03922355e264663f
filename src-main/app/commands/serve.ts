import { once } from 'node:events'
import type { Log, Redactor } from '../../base/index.ts'
import { createPageGateway, newToken } from '../../gateway/index.ts'
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
  context: CommandContext & { orchestrator: Orchestrator; log: Log; redactor: Redactor },
  options: ServeOptions,
): Promise<number> {
  const { screen, orchestrator, log } = context
  const token = newToken()
  context.redactor.hide('owner token', token)
  const gateway = await createPageGateway({
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
  if (!context.signal.aborted) await once(context.signal, 'abort')
  await gateway.value.close()
  return EXIT.done
}
