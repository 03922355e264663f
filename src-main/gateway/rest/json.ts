import type { FastifyInstance } from 'fastify'

// The deepest shape of the contract has six levels; a layout that an interface keeps may have some more.
const MAX_DEPTH = 32
const QUOTE = 34
const BACKSLASH = 92
// By character code: what opens adds a level, what closes takes one.
const STEP: Readonly<Record<number, 1 | -1>> = { 91: 1, 123: 1, 93: -1, 125: -1 }

/**
 * Whether brackets of a JSON text nest deeper than anything of ours, told before it is parsed: V8 parses any
 * depth, but what walks the value afterwards recurses and runs out of stack.
 */
export function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at + 1)
    else depth += STEP[code] ?? 0
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** Where the string ends whose first character is at `at`. */
function endOfString(text: string, at: number): number {
  let end = at
  while (end < text.length && text.charCodeAt(end) !== QUOTE) {
    end += text.charCodeAt(end) === BACKSLASH ? 2 : 1
  }
  return end
}

/**
 * JSON and nothing else: a form or plain text is what a foreign page could send without being asked first.
 * An empty body is none. Keys that would reach a prototype are refused.
 */
export function acceptJsonOnly(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body)
    if (text === '') return done(null, undefined)
    if (isTooDeep(text)) {
      return done(Object.assign(new Error('nested too deep'), { statusCode: 400 }))
    }
    // It answers through `done`, whatever its type says.
    void parse(request, text, done)
  })
}
