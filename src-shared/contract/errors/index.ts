import { contentErrors } from './content.ts'
import { dataErrors } from './data.ts'
import { inputErrors } from './input.ts'
import { repositoryErrors } from './repository.ts'
import { runErrors } from './run.ts'
import { saveErrors } from './save.ts'
import type { Wording } from './wording.ts'
import { workErrors } from './work.ts'

export type { Wording } from './wording.ts'

const wordings = {
  ...inputErrors,
  ...repositoryErrors,
  ...contentErrors,
  ...saveErrors,
  ...runErrors,
  ...workErrors,
  ...dataErrors,
}

export type InputErrorCode = keyof typeof inputErrors
export type RepositoryErrorCode = keyof typeof repositoryErrors
export type ContentErrorCode = keyof typeof contentErrors
export type SaveErrorCode = keyof typeof saveErrors
export type RunErrorCode = keyof typeof runErrors
export type WorkErrorCode = keyof typeof workErrors
export type DataErrorCode = keyof typeof dataErrors

/** Every code an expected failure may carry: closed, one place for its words. */
export type ErrorCode = keyof typeof wordings
export const errorCodes = Object.keys(wordings) as [ErrorCode, ...ErrorCode[]]

/** What happened, what was kept, what to do next. */
export const wordingOf = (code: ErrorCode): Wording => wordings[code]

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(wordings, code)
