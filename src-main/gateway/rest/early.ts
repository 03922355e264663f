import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyServerOptions } from 'fastify'
import { refusalOf } from '../access/headers.ts'
import { PAGE_HEADERS } from '../page.ts'
import { errorBody, refuse } from './refusal.ts'

// What Node's parser could not make a request of; the rest of its errors are 400.
const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
}

/** The answers to what never reaches the routes, and so not the guard either, in the form of all others. */
export function answerBeforeRouting(): Pick<
  FastifyServerOptions,
  'clientErrorHandler' | 'frameworkErrors'
> {
  return {
    // An address that cannot be decoded. Fastify calls no hook for it.
    frameworkErrors(_error, request, reply) {
      reply.headers(PAGE_HEADERS)
      refuse(reply, refusalOf(request.raw) ?? 'request_invalid')
    },
    clientErrorHandler(error, socket) {
      if (socket.writable) writeRefusal(socket, STATUS_OF[error.code] ?? 400)
      socket.destroy()
    },
  }
}

function writeRefusal(socket: Socket, status: number): void {
  const body = JSON.stringify(errorBody('request_invalid'))
  socket.write(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
