/**
 * The one door from outside: loopback HTTP for the page and the API.
 * Host and Origin are checked on every request before anything is read; everything but the page and
 * the health check needs the token. Holds no state of its own and decides nothing about work.
 */
export { newToken } from './access/callers.ts'
export type {
  ByteSource,
  EventFeed,
  GatewayDeps,
  GatewayRuns,
  OperationHandlers,
  TerminalSource,
  Terminals,
  ToolAnswer,
  ToolQuestion,
} from './port.ts'
export { createGateway, type Gateway } from './server.ts'
