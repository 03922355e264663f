/**
 * Owns the order of things: a change and its events are one transaction, and listeners hear of it after it.
 * `seq` is global and without gaps; a listener that fails harms nobody.
 * Events announce; never drive: nothing here decides or retries.
 */
export { createEvents, type Events } from './create-events.ts'
