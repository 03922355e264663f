/** The tasks by how they stand, and what can be done with each. */
export { Board } from './board.tsx'
