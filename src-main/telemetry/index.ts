/**
 * Where the log goes: JSON lines in the data folder, rotated by size.
 * Hidden values (the redactor's) are in no line; fields are cut, never interpreted.
 * A log that cannot be written never stops the work it would have told about.
 */
export { createFileLog } from './file-log.ts'
