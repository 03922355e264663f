/** Where everything begins: agents, projects, sessions, and a rehearsal for whoever has none of them. */
export { Home } from './home.tsx'
