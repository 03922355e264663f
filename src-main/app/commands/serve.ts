import { once } from 'node:events'
import type { Address, Orchestrator } from '../client/orchestrator-client.ts'
import { type CommandContext, EXIT, explain, withData } from './context.ts'

export interface ServeOptions {
  port?: number
  data?: string
  config?: string
  json: boolean
  /** Where another process serves the data folder already, its address will do. */
  reuse: boolean
}

/** The gateway alone, until Ctrl-C. Its address, with the token, is the first line on standard output. */
export async function serveCommand(
  context: CommandContext,
  options: ServeOptions,
): Promise<number> {
  const code = await withData(context, { ...options, shared: true }, ({ orchestrator }) =>
    orchestrator.elsewhere
      ? Promise.resolve(pointTo(context, orchestrator, options))
      : serve(context, orchestrator, options),
  )
  return code ?? EXIT.usage
}

async function serve(
  { screen, signal }: CommandContext,
  { address }: Orchestrator,
  { json }: ServeOptions,
): Promise<number> {
  sayAddress(screen, address, json)
  if (!json) screen.note('Open it in a browser on this machine. Ctrl-C stops it.')
  if (!signal.aborted) await once(signal, 'abort')
  return EXIT.done
}

/** There is one already: it is named, and only where that will do is it the answer. */
function pointTo(
  { screen }: CommandContext,
  { address, elsewhere }: Orchestrator,
  { json, reuse }: ServeOptions,
): number {
  if (reuse) {
    if (json) screen.line(JSON.stringify({ ...address, reused: true }))
    else sayAddress(screen, address, json)
    screen.note(`Process ${elsewhere?.pid} serves it; this one was not needed.`)
    return EXIT.done
  }
  explain(screen, { code: 'data_folder_owned', message: `process ${elsewhere?.pid} serves it` })
  screen.note(`It is served at ${address.url}/#token=${address.token}`)
  return EXIT.usage
}

function sayAddress(screen: CommandContext['screen'], address: Address, json: boolean): void {
  const { url, token } = address
  screen.line(
    json
      ? JSON.stringify({ url, token })
      : `Thalogos serves its interface at ${url}/#token=${token}`,
  )
}
