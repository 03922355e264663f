/** Agents, limits, trust, appearance, shortcuts. */
export { Settings } from './settings.tsx'
