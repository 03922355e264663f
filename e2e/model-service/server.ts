import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { anthropicMessages } from './anthropic-messages.ts'
import { type Dialect, INPUT_TOKENS, writeJson } from './dialect.ts'
import { geminiContent } from './gemini-content.ts'
import { openaiResponses } from './openai-responses.ts'
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
  const spoken = dialectOf(pathname, body)
  if (spoken === undefined) {
    requests.push(entry)
    answerBesides(pathname, request, response)
    return
  }
  const { dialect, stream } = spoken
  const state = dialect.readConversation(body)
  requests.push({ ...entry, prompt: state.prompt })
  const step = nextStep(scripts, state)
  if (step.delayMs !== undefined) await sleep(step.delayMs)
  if (response.destroyed) return
  if ('fail' in step) {
    const failure = dialect.failure(step)
    writeJson(response, failure.status, failure.body)
  } else {
    dialect.writeAnswer(response, step, { body, stream })
  }
}

/** Which service a request for an answer is meant for. */
function dialectOf(path: string, body: unknown): { dialect: Dialect; stream: boolean } | undefined {
  if (path.endsWith('/responses')) return { dialect: openaiResponses, stream: true }
  if (path.endsWith('/messages')) {
    const stream = (body as { stream?: boolean }).stream === true
    return { dialect: anthropicMessages, stream }
  }
  if (path.endsWith(':streamGenerateContent')) return { dialect: geminiContent, stream: true }
  if (path.endsWith(':generateContent')) return { dialect: geminiContent, stream: false }
  return undefined
}

/** What the CLIs ask beside answers: which models there are, how long a text is, whether anybody is there. */
function answerBesides(path: string, request: IncomingMessage, response: ServerResponse): void {
  if (path.endsWith('/models')) {
    writeJson(response, 200, { object: 'list', data: [], models: [] })
  } else if (path.endsWith('/count_tokens') || path.endsWith(':countTokens')) {
    writeJson(response, 200, { input_tokens: INPUT_TOKENS, totalTokens: INPUT_TOKENS })
  } else if (request.method === 'HEAD') {
    response.writeHead(200).end()
  } else {
    writeJson(response, 404, { error: {} })
  }
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
