import type { Agent } from '../../src-shared/contract/index.ts'

/** Agents that a session may use: those it names, else all but those that want to be named. */
export const allowedAgents = (named: readonly string[], agents: readonly Agent[]): Agent[] =>
  agents.filter(({ id, onRequest }) => (named.length === 0 ? !onRequest : named.includes(id)))
