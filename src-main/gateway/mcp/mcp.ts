import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { createMcpHandler, McpServer, type ServerContext } from '@modelcontextprotocol/server'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { GatewayDeps } from '../port.ts'
import { type AgentTool, createTools } from './tools.ts'

// A permission question carries the whole content of a file to be written: four times an ordinary body.
const MAX_BODY_BYTES = 4_194_304
// A question may wait for hours on one response; a comment on the wire now and then keeps it open.
const KEEP_ALIVE_MS = 15_000
// Claude Code 2.1 gives a tool up that was silent for 300 s (CLAUDE_CODE_MCP_TOOL_IDLE_TIMEOUT); only progress
// counts for it, not bytes. Its limit on the whole call (MCP_TOOL_TIMEOUT) is a day unless set.
const PROGRESS_MS = 60_000

export interface McpLimits {
  progressMs?: number
}

/**
 * `/mcp`: Model Context Protocol over streamable HTTP for the agent of one run, known by its token. Stateless:
 * each request is complete in itself, so nothing is left when a run ends.
 */
export function addMcp(
  server: FastifyInstance,
  { runs, version, log }: Pick<GatewayDeps, 'runs' | 'version' | 'log'>,
  { progressMs = PROGRESS_MS }: McpLimits = {},
): void {
  const tools = createTools({ runs, log })
  const handler = createMcpHandler(
    ({ authInfo }) => createServer({ tools, version, progressMs, runId: authInfo?.clientId ?? '' }),
    {
      keepAliveMs: KEEP_ALIVE_MS,
      // A stream from the start, which can be kept alive; a single body could not.
      responseMode: 'sse',
      maxRequestBodySize: MAX_BODY_BYTES,
      onerror: (error) => log.debug('an MCP request failed', { error }),
    },
  )
  server.addHook('onClose', () => handler.close())
  server.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    bodyLimit: MAX_BODY_BYTES,
    config: { scopes: ['run'] },
    handler: async (request, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const { caller } = request
      const response = await handler.fetch(toWebRequest(request, gone.signal), {
        parsedBody: request.body,
        authInfo: {
          token: '',
          clientId: caller?.scope === 'run' ? caller.runId : '',
          scopes: [],
        },
      })
      reply.code(response.status).headers(Object.fromEntries(response.headers))
      return reply.send(response.body && Readable.from(chunksOf(response)))
    },
  })
}

/** The body; that of a stream begins with a comment, so that its head leaves before there is an answer. */
async function* chunksOf({ headers, body }: Response): AsyncGenerator<Uint8Array | string> {
  if (headers.get('content-type')?.startsWith('text/event-stream')) yield ': open\n\n'
  if (body) yield* body as ReadableStream<Uint8Array>
}

function createServer({
  tools,
  version,
  runId,
  progressMs,
}: {
  tools: readonly AgentTool[]
  version: string
  runId: string
  progressMs: number
}): McpServer {
  const server = new McpServer({ name: 'thalogos', version })
  for (const { name, description, input, run } of tools) {
    server.registerTool(name, { description, inputSchema: input }, async (args, { mcpReq }) => {
      const rest = showProgress(mcpReq, progressMs)
      try {
        const text = await run(args, { runId, signal: mcpReq.signal })
        return { content: [{ type: 'text', text }] }
      } finally {
        rest()
      }
    })
  }
  return server
}

/** Says now and then that a call is still waited for, where its caller wants to know. Returns the way to stop. */
function showProgress({ _meta, notify }: ServerContext['mcpReq'], everyMs: number): () => void {
  const progressToken = _meta?.progressToken
  if (progressToken === undefined) return () => undefined
  let progress = 0
  const timer = setInterval(() => {
    progress += 1
    const params = { progressToken, progress, message: 'Waiting for a person.' }
    // It fails when the caller has just gone, which the call itself hears of.
    notify({ method: 'notifications/progress', params }).catch(() => clearInterval(timer))
  }, everyMs)
  return () => clearInterval(timer)
}

/** The body was parsed and is given beside it; the token is not handed on. */
function toWebRequest(
  { method, url, headers, host }: FastifyRequest,
  signal: AbortSignal,
): Request {
  const given = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    if (name !== 'authorization' && typeof value === 'string') given.set(name, value)
  }
  return new Request(`http://${host}${url}`, { method, headers: given, signal })
}
