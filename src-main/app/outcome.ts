import type { ErrorCode } from '../../src-shared/contract/index.ts'
import type { Failure, Result } from '../base/index.ts'

/** The outcome of what may be refused: a value, or a closed code with words. */
export type Outcome<T> = Result<T, Failure<ErrorCode>>
