import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/** A WebSocket (RFC 6455) with next to no work of its own, as a browser's is: what is measured is the gateway. */
export interface Wire {
  /** A text frame. */
  send(frame: object): void
  close(): void
}

export interface WireTarget {
  port: number
  token: string
  /** Path and query. */
  path: string
  onText(text: string): void
  /** Part of a binary frame, in order. */
  onBytes(part: Buffer, of: { isFirst: boolean; isLast: boolean }): void
}

const TEXT = 1
const PING = 9
const PONG = 10
const FINAL = 0x80

/** Opens the stream; rejects when the gateway refuses it. */
export async function openWire(target: WireTarget): Promise<Wire> {
  const socket = connect({ host: '127.0.0.1', port: target.port, noDelay: true })
  const rest = await shakeHands(socket, target)
  const read = createReader({
    onFrame(opcode, payload) {
      if (opcode === PING) socket.write(frameOf(PONG, payload))
      if (opcode === TEXT) target.onText(payload.toString('utf8'))
    },
    onBytes: target.onBytes,
  })
  socket.on('data', read)
  socket.on('error', () => socket.destroy())
  read(rest)
  return {
    send: (frame) => void socket.write(frameOf(TEXT, Buffer.from(JSON.stringify(frame)))),
    close: () => void socket.destroy(),
  }
}

function shakeHands(socket: Socket, { port, token, path }: WireTarget): Promise<Buffer> {
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `Sec-WebSocket-Protocol: thalogos.v1, bearer.${token}`,
      '',
      '',
    ].join('\r\n'),
  )
  return new Promise((resolve, reject) => {
    let head: Buffer = Buffer.alloc(0)
    const read = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      socket.off('data', read)
      if (head.subarray(0, 12).toString() === 'HTTP/1.1 101') resolve(head.subarray(end + 4))
      else reject(new Error(head.toString()))
    }
    socket.on('data', read).on('error', reject)
  })
}

/** A whole frame, masked as a client must. */
function frameOf(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 6 : length < 65_536 ? 8 : 14)
  head[0] = FINAL | opcode
  if (length < 126) head[1] = 0x80 | length
  else if (length < 65_536) {
    head[1] = 0x80 | 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 0x80 | 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  // The mask stays zero, so that the payload is what it was.
  return Buffer.concat([head, payload])
}

/** Cuts what comes into frames; parts of binary ones are handed on uncopied. */
function createReader(on: {
  onFrame(opcode: number, payload: Buffer): void
  onBytes: WireTarget['onBytes']
}): (chunk: Buffer) => void {
  let head: Buffer = Buffer.alloc(0)
  let opcode = 0
  let left = 0
  let isFirst = true
  let parts: Buffer[] = []

  const take = (part: Buffer) => {
    left -= part.length
    if (opcode === 2) {
      on.onBytes(part, { isFirst, isLast: left === 0 })
      isFirst = false
      return
    }
    parts.push(part)
    if (left > 0) return
    on.onFrame(opcode, Buffer.concat(parts))
    parts = []
  }
  return (chunk) => {
    let rest = chunk
    while (rest.length > 0) {
      if (left > 0) {
        const part = rest.subarray(0, left)
        rest = rest.subarray(part.length)
        take(part)
        continue
      }
      // A head is 2 to 10 bytes: it is seldom cut, and copied when it is.
      const all = head.length > 0 ? Buffer.concat([head, rest]) : rest
      const begun = headOf(all)
      if (!begun) {
        head = all
        return
      }
      head = Buffer.alloc(0)
      opcode = begun.opcode
      left = begun.length
      isFirst = true
      rest = all.subarray(begun.size)
      if (left === 0) take(Buffer.alloc(0))
    }
  }
}

function headOf(bytes: Buffer): { opcode: number; length: number; size: number } | undefined {
  if (bytes.length < 2) return undefined
  const opcode = (bytes[0] ?? 0) & 0x0f
  const short = (bytes[1] ?? 0) & 0x7f
  const size = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < size) return undefined
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  return { opcode, length, size }
}
