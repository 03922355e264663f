import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConversation, writeAnswer } from './openai-responses.ts'
import { type ModelScript, nextStep } from './script.ts'

export interface ModelRequest {
  method: string
  path: string
  /** The last user message, when the request was one for an answer. */
  prompt?: string
  body: unknown
}

export interface ModelService {
  /** `http://127.0.0.1:<port>` */
  url: string
  /** Everything that was asked, in order. */
  requests: readonly ModelRequest[]
  close(): Promise<void>
}

/** Starts the service on a free port of loopback. `scripts` may be changed while it runs. */
export async function startModelService(scripts: readonly ModelScript[]): Promise<ModelService> {
  const requests: ModelRequest[] = []
  const server = createServer((request, response) => {
    answer({ request, response }, scripts, requests).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  scripts: readonly ModelScript[],
  requests: ModelRequest[],
): Promise<void> {
  const body = await readJson(request)
  const { pathname } = new URL(request.url ?? '/', 'http://model')
  const entry = { method: request.method ?? '', path: pathname, body }
  if (pathname.endsWith('/responses')) {
    const state = readConversation(body)
    requests.push({ ...entry, prompt: state.prompt })
    const step = nextStep(scripts, state)
    if (step.delayMs !== undefined) await sleep(step.delayMs)
    if (!response.destroyed) writeAnswer(response, step)
    return
  }
  requests.push(entry)
  const known = pathname.endsWith('/models')
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(known ? { object: 'list', data: [], models: [] } : { error: {} }))
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: kept as it came, for the test to look at.
    return text
  }
}
