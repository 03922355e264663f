export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, unknown>>

/** Structured log: a short message in the past tense, the rest as fields. Never a secret, never a prompt. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** The same log with fields added to every line, for example session and task ids. */
  with(fields: LogFields): Log
}

/** Builds a log over one sink. */
export function createLog(
  sink: (level: LogLevel, message: string, fields: LogFields) => void,
  fields: LogFields = {},
): Log {
  const at =
    (level: LogLevel) =>
    (message: string, more: LogFields = {}) =>
      sink(level, message, { ...fields, ...more })
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (more) => createLog(sink, { ...fields, ...more }),
  }
}

export const silentLog: Log = createLog(() => undefined)
