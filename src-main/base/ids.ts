import { randomBytes, randomUUID } from 'node:crypto'

declare const brand: unique symbol
/** A string that only this file can make, so that a task id is never passed for a run id. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind }

export type ProjectId = Id<'project'>
export type SessionId = Id<'session'>
export type TaskId = Id<'task'>
export type RunId = Id<'run'>
export type ApprovalId = Id<'approval'>

// Crockford's base32 in lower case: no letter that is read as a digit, safe in refs, tags and file names.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** `length` characters of 5 random bits each. */
function shortId(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte & 31]).join('')
}

export const newProjectId = (): ProjectId => shortId(10) as ProjectId
/** 50 random bits: short enough for a tag name, unique among the sessions of one data folder. */
export const newSessionId = (): SessionId => shortId(10) as SessionId
export const newTaskId = (): TaskId => randomUUID() as TaskId
export const newRunId = (): RunId => randomUUID() as RunId
export const newApprovalId = (): ApprovalId => shortId(10) as ApprovalId
