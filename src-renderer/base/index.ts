/** The client of the orchestrator, what it says folded into one state, and the ground that features share. */
export type { Answer, ApiError } from './api/api.ts'
export { explain } from './api/explain.ts'

export { desktop } from './desktop.ts'
export { preparePast } from './projection/past.ts'
export type { Conflict, Projection } from './projection/projection.ts'
export {
  type Command,
  isMacHere,
  keysOf,
  nameOf,
  runByKey,
  runCommand,
  showKeys,
  useCommand,
  useCommands,
} from './state/commands.ts'
export { type Focus, focus, type SideTab, useFocus } from './state/focus.ts'
export { attach, bytes, call, connect, loadHistory } from './state/orchestrator.ts'
export { isBoolean, isNumber, isText, preferences, usePreference } from './state/preferences.ts'
export { useShown, useShownTime } from './state/shown.ts'
export { followTheme, isTheme, type Theme } from './state/theme.ts'
export {
  type Connection,
  useIsLive,
  useNow,
  useProjection,
  useWorld,
  type World,
  world,
} from './state/world.ts'
export type { Attachment, Watcher } from './stream/terminals.ts'
export { handOutStyleNonce } from './style-nonce.ts'
export { takeToken } from './token.ts'
