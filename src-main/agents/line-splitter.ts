/** Cuts a stream of bytes into lines, whatever chunks they come in. */
export interface LineSplitter {
  push(chunk: Buffer): string[]
  /** The last line, if it has no line feed. */
  end(): string[]
}

// An event with a whole file in it is some hundred kilobytes. What is longer is not an event; it is
// cut into pieces of this size, so that a stream without line feeds cannot fill the memory.
const MAX_LINE_BYTES = 4 * 1024 * 1024
const LINE_FEED = 0x0a

/** Lines as text: without line feed and carriage returns before it; invalid UTF-8 becomes U+FFFD. */
export function createLineSplitter(): LineSplitter {
  let parts: Buffer[] = []
  let length = 0

  const take = (): string => {
    const line = Buffer.concat(parts).toString('utf8').replace(/\r+$/, '')
    parts = []
    length = 0
    return line
  }
  return {
    push(chunk) {
      const lines: string[] = []
      let at = 0
      while (at < chunk.length) {
        const feed = chunk.indexOf(LINE_FEED, at)
        const end = Math.min(feed < 0 ? chunk.length : feed, at + MAX_LINE_BYTES - length)
        parts.push(chunk.subarray(at, end))
        length += end - at
        at = end
        if (at === feed) {
          lines.push(take())
          at += 1
        } else if (length === MAX_LINE_BYTES) lines.push(take())
      }
      return lines
    },
    end: () => (length === 0 ? [] : [take()]),
  }
}
