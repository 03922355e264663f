/**
 * Where the log goes: JSON lines in the data folder, rotated by size.
 * Fields are cut, never interpreted; no caller passes prompts or keys, and none are looked for here.
 * A log that cannot be written never stops the work it would have told about.
 */
export { createFileLog } from './file-log.ts'
