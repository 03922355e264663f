import { createGateway, newToken } from '../../gateway/index.ts'
import { type CommandContext, EXIT, explain, openData } from './context.ts'

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
  const { screen, signal } = context
  const opened = await openData(context, options)
  if (!opened) return EXIT.usage
  const { orchestrator, log } = opened
  try {
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
    await untilAborted(signal)
    await gateway.value.close()
    await orchestrator.interrupt()
    return EXIT.done
  } finally {
    await opened.close()
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
