import { isErrorCode, wordingOf } from '../../../src-shared/contract/index.ts'
import type { ApiError } from './api.ts'

/** An error in the words of the contract: what happened (with its particulars), what was kept, what to do next. */
export function explain({ code, message }: Pick<ApiError, 'code' | 'message'>): {
  what: string
  kept: string
  next: string
} {
  if (!isErrorCode(code)) return { what: message, kept: '', next: '' }
  const { what, kept, next } = wordingOf(code)
  return { what: what === message ? what : `${what} ${message}`.trim(), kept, next }
}
