/** Where every commit came from: task, agent, evidence, checkpoint. */
export { Lineage } from './lineage.tsx'
