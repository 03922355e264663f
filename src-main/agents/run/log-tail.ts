/** The newest bytes of a log, so that watchers who are hardly behind need not wait for the disk. */
export interface LogTail {
  add(chunk: Buffer): void
  /** At most `max` bytes from the offset on; undefined when they are no longer, or not yet, here. */
  read(from: number, max: number): Buffer | undefined
}

/** `begin`: the offset of the first byte that is added. Keeps at least the last `kept` bytes once so many were added. */
export function createLogTail(begin: number, kept: number): LogTail {
  const chunks: Buffer[] = []
  let first = begin
  let end = begin
  return {
    add(chunk) {
      chunks.push(chunk)
      end += chunk.length
      while (end - first - (chunks[0]?.length ?? 0) >= kept) first += chunks.shift()?.length ?? 0
    },
    read(from, max) {
      if (from < first || from >= end) return undefined
      const parts: Buffer[] = []
      const to = Math.min(end, from + max)
      let at = first
      for (const chunk of chunks) {
        if (at >= to) break
        if (at + chunk.length > from) parts.push(chunk.subarray(Math.max(0, from - at), to - at))
        at += chunk.length
      }
      const [only] = parts
      return parts.length === 1 && only ? only : Buffer.concat(parts)
    },
  }
}
