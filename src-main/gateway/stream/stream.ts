import type { WebsocketPluginOptions } from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import * as z from 'zod'
import { STREAM_PROTOCOL } from '../../../src-shared/contract/index.ts'
import type { GatewayDeps } from '../port.ts'
import { refuse } from '../rest/refusal.ts'
import { type Socket, serveConnection } from './connection.ts'

// A paste of half a megabyte, every character of it written as an escape of six.
const MAX_FRAME_BYTES = 4_194_304
// A client that answers no ping between two beats is gone; the machine may have slept, so none is missed by the clock alone.
const HEARTBEAT_MS = 15_000
// How long a client may take to say goodbye when the gateway closes.
const GOODBYE_MS = 500
const GOING_AWAY = 1001

export interface StreamLimits {
  heartbeatMs?: number
  maxMissed?: number
}

export const STREAM_OPTIONS: WebsocketPluginOptions = {
  options: {
    maxPayload: MAX_FRAME_BYTES,
    // On one machine it costs more than it saves, in time and in memory.
    perMessageDeflate: false,
    // The guard let pass only who offers it; the token beside it is not repeated.
    handleProtocols: () => STREAM_PROTOCOL,
  },
  // A frame too large or not UTF-8: the socket closes itself with the right code.
  errorHandler: (_error, socket) => socket.resume(),
  preClose(done) {
    const { clients } = this.websocketServer
    for (const client of clients) client.close(GOING_AWAY)
    setTimeout(() => {
      for (const client of clients) client.terminate()
    }, GOODBYE_MS).unref()
    this.websocketServer.close(() => done())
  },
}

const query = z.object({
  since: z.coerce.number().int().nonnegative().default(0),
  session: z.string().max(64).optional(),
})

/** `/api/stream`: events in order, and the terminals of runs. */
export function addStream(
  server: FastifyInstance,
  { events, terminals, log }: Pick<GatewayDeps, 'events' | 'terminals' | 'log'>,
  { heartbeatMs = HEARTBEAT_MS, maxMissed }: StreamLimits = {},
): void {
  const silent = new WeakSet<WebSocket>()
  const beat = setInterval(() => {
    for (const socket of server.websocketServer.clients) {
      if (silent.has(socket)) socket.terminate()
      else {
        silent.add(socket)
        socket.ping()
      }
    }
  }, heartbeatMs)
  server.addHook('onClose', (_server, done) => {
    clearInterval(beat)
    done()
  })
  server.route({
    method: 'GET',
    url: '/api/stream',
    config: { upgrade: true },
    // Before the upgrade, so that it is an answer and not a closed socket.
    preHandler(request, reply, done) {
      if (query.safeParse(request.query).success) done()
      else refuse(reply, 'request_invalid')
    },
    handler: (_request, reply) => refuse(reply, 'request_invalid'),
    wsHandler(socket, request) {
      const { since, session } = query.parse(request.query)
      socket.on('pong', () => silent.delete(socket))
      socket.on('message', () => silent.delete(socket))
      serveConnection({
        socket: socket as Socket,
        events,
        terminals,
        since,
        session,
        maxMissed,
        log,
      })
    },
  })
}
