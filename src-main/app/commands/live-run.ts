import type { Checkpoint, OperationCall, Session } from '../../../src-shared/contract/index.ts'
import type { Log } from '../../base/index.ts'
import type { EventHub } from '../client/event-hub.ts'
import type { Orchestrator } from '../client/orchestrator-client.ts'
import type { CommandContext } from './context.ts'

/** One session in the terminal, as it is asked for. */
export interface SessionRun {
  context: CommandContext
  orchestrator: Orchestrator
  log: Log
  save: boolean
  allowUnchecked: boolean
  json: boolean
  /** What follows a saved session, for the demo. */
  afterwards?(session: Session, checkpoint: Checkpoint | undefined): Promise<void>
}

/** The same under way. */
export interface LiveRun extends SessionRun {
  hub: EventHub
  /** Aborted when nobody waits for it any more: by Ctrl-C, or because the orchestrator elsewhere is gone. */
  signal: AbortSignal
  /** What a Ctrl-C has to stop. */
  now: { sessionId?: string; isSaving: boolean }
}

export type SessionRequest = OperationCall<'createSession'>
