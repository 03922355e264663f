/**
 * Owns the data folder: lock, SQLite database with its tables and migrations, content-addressed artifacts.
 * One process owns a folder; every change is a transaction; what is read was checked against the contract.
 * Rows that are unreadable are set aside and reported, a damaged file is renamed, never deleted.
 * Never runs git, never changes a row outside of a transaction, never decides what a row means.
 */
export type { Artifacts } from './artifacts.ts'
export { reasonOf, storageFailure } from './failure.ts'
export { openStorage, type Storage } from './open-storage.ts'
export type { EventFilter } from './tables/events.ts'
export type { Tables } from './tables/index.ts'
export type { RunRecord } from './tables/runs.ts'
export type { SessionRow } from './tables/sessions.ts'
export type { TaskCount, TaskRow } from './tables/tasks.ts'
export type { Durability } from './writer.ts'
