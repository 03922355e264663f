/** The talk with the agents: the goal, the plan, what happens, what they ask, and what you say. */
export { Chat } from './chat.tsx'
