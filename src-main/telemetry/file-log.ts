import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type Clock,
  createLog,
  type Log,
  type LogFields,
  type LogLevel,
  type Redactor,
} from '../base/index.ts'

export interface FileLog {
  log: Log
  close(): void
}

// A few days of ordinary work; past it the older half is rarely what explains today.
const MAX_BYTES = 4 * 1024 * 1024
// The present file and three before it: 16 MiB at most.
const OLD_FILES = 3
// Long enough for a stack, short enough that one line does not fill the file.
const MAX_FIELD = 4_000
// Nobody wraps an error more often; an error may also be its own cause.
const MAX_CAUSES = 5

interface FileLogDeps {
  dir: string
  clock: Clock
  /** What it hides stands in no line, however deep in a field. */
  redactor: Redactor
  /** When it rotates. */
  maxBytes?: number
}

/**
 * Appends to `<dir>/thalogos.log`. One line per message: `{at, level, message, …fields}`.
 * Written at once, so that a crash loses no line. Debugging lines are left out. Nothing is made before the
 * first line, and then only `dir` itself: the folder that holds it is prepared (or refused) by storage, and
 * a line before that is dropped.
 */
export function createFileLog(deps: FileLogDeps): FileLog {
  const path = join(deps.dir, 'thalogos.log')
  const maxBytes = deps.maxBytes ?? MAX_BYTES
  let file: OpenFile | undefined

  const write = (line: string) => {
    file ??= open(deps.dir, path)
    if (!file) return
    if (file.size > 0 && file.size + line.length > maxBytes) {
      closeSync(file.fd)
      rotate(deps.dir)
      file = openFile(path)
    }
    file.size += writeSync(file.fd, line)
  }

  let closed = false
  const log = createLog((level, message, fields) => {
    if (closed || level === 'debug') return
    try {
      write(lineOf(deps, level, { message, ...fields }))
    } catch {
      // A full disk or a folder taken away: the work goes on, and says so itself where it matters.
      closed = true
    }
  })
  return {
    log,
    close() {
      if (!closed && file) closeSync(file.fd)
      closed = true
    },
  }
}

interface OpenFile {
  fd: number
  size: number
}

function open(dir: string, path: string): OpenFile | undefined {
  if (!existsSync(dir)) {
    if (!existsSync(dirname(dir))) return undefined
    mkdirSync(dir, { mode: 0o700 })
  }
  return openFile(path)
}

function openFile(path: string): OpenFile {
  const fd = openSync(path, 'a', 0o600)
  return { fd, size: fstatSync(fd).size }
}

function rotate(dir: string): void {
  const name = (n: number) => join(dir, n === 0 ? 'thalogos.log' : `thalogos.${n}.log`)
  rmSync(name(OLD_FILES), { force: true })
  for (let n = OLD_FILES - 1; n >= 0; n -= 1) {
    try {
      renameSync(name(n), name(n + 1))
    } catch (error) {
      // Not every older file exists yet.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

function lineOf({ clock, redactor }: FileLogDeps, level: LogLevel, fields: LogFields): string {
  const plain = Object.entries(fields).map(([key, value]) => [key, plainValue(value, redactor)])
  return `${JSON.stringify({ at: clock.now(), level, ...Object.fromEntries(plain) })}\n`
}

/** Cut only after it was redacted: the beginning of a secret is known by its whole alone. */
function plainValue(value: unknown, { redact }: Redactor): unknown {
  if (value instanceof Error) return redact(wordsOf(value)).slice(0, MAX_FIELD)
  if (typeof value === 'string') return redact(value).slice(0, MAX_FIELD)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  try {
    const text = redact(JSON.stringify(value, (_key, inner) => plainInner(inner)))
    return text.length > MAX_FIELD ? text.slice(0, MAX_FIELD) : JSON.parse(text)
  } catch {
    // A circle or a value without a JSON form: its kind is better than no line.
    return Object.prototype.toString.call(value)
  }
}

const plainInner = (value: unknown): unknown => (value instanceof Error ? wordsOf(value) : value)

/** The stack, and those of what caused it. */
function wordsOf({ stack, message, cause }: Error, depth = 1): string {
  const words = stack ?? message
  if (!(cause instanceof Error) || depth === MAX_CAUSES) return words
  return `${words}\ncaused by ${wordsOf(cause, depth + 1)}`
}
