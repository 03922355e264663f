/** An expected failure: a closed code, words for the user, and what it was caused by. */
export interface Failure<C extends string = string> {
  code: C
  message: string
  details?: unknown
  cause?: unknown
}

export interface Ok<T> {
  ok: true
  value: T
}
export interface Err<E> {
  ok: false
  error: E
}
export type Result<T, E extends Failure = Failure> = Ok<T> | Err<E>

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value })

/** Makes a failed result. `extra` carries details for the user and the cause for the log. */
export function fail<C extends string>(
  code: C,
  message: string,
  extra: { details?: unknown; cause?: unknown } = {},
): Err<Failure<C>> {
  return { ok: false, error: { code, message, ...extra } }
}

/** A failure that must cross code which has no result for it; whoever turns errors into words finds its code. */
export class FailureError extends Error {
  override readonly name = 'FailureError'
  readonly code: string

  constructor({ code, message, cause }: Failure) {
    super(message, { cause })
    this.code = code
  }
}

/** For a switch that must name every case: the compiler refuses a forgotten one. */
export function assertNever(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`)
}
