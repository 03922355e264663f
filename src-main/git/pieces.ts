import { setImmediate } from 'node:timers/promises'

// Some milliseconds of work: what an agent made may be 200,000 files, and everyone else shares this thread.
const RECORDS = 2_000

/** Cuts git's `-z` output into pieces of whole records (`fields` fields each), with a pause after each. */
export async function* piecesOf(output: Buffer, fields = 1): AsyncGenerator<Buffer> {
  let start = 0
  let seen = 0
  for (let end = output.indexOf(0); end !== -1; end = output.indexOf(0, end + 1)) {
    seen += 1
    if (seen < RECORDS * fields) continue
    yield output.subarray(start, end + 1)
    await setImmediate()
    start = end + 1
    seen = 0
  }
  if (start < output.length) yield output.subarray(start)
}

/** Cuts a list in the same way. */
export async function* slicesOf<T>(list: readonly T[]): AsyncGenerator<T[]> {
  for (let at = 0; at < list.length; at += RECORDS) {
    yield list.slice(at, at + RECORDS)
    await setImmediate()
  }
}

/** Paths (or other latin1 words) as a command's input, each with `end` after it and `start` before. */
export async function inputOf(words: readonly string[], end: string, start = ''): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const slice of slicesOf(words)) {
    pieces.push(Buffer.from(slice.map((word) => start + word + end).join(''), 'latin1'))
  }
  return Buffer.concat(pieces)
}
