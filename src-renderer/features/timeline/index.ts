/** What happened when: runs, checks, merges and checkpoints, and the way to look at any of these moments. */
export { Timeline } from './timeline.tsx'
