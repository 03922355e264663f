/** What was changed, the riskiest first, with the evidence; what you say about it goes back to the agent. */
export { Review } from './review.tsx'
