import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { type Api, createApi } from '../api/api.ts'
import { fold } from '../projection/apply.ts'
import { emptyProjection, type Projection } from '../projection/projection.ts'
import { openStream, type Stream } from '../stream/stream.ts'
import { preferences } from './preferences.ts'
import { world } from './world.ts'

let api: Api = createApi('')
let stream: Stream | undefined

/** Asks the orchestrator (see `Api`). */
export const call: Api['call'] = (name, input) => api.call(name, input)
export const bytes: Api['bytes'] = (path) => api.bytes(path)

/** Watches a run (see `TerminalLink`); before the start there is nothing to watch. */
export const attach: Stream['attach'] = (...of) => {
  if (!stream) throw new Error('not connected yet')
  return stream.attach(...of)
}

const REFUSED = 'token_refused'
// As often as a stream that cannot be opened is tried.
const RETRY_MS = 1_000
// As many as one answer may hold.
const HISTORY_LIMIT = 10_000

/**
 * Connects for good: first what is, then what happens. A gateway that does not answer is asked again; one that
 * refuses the token is not.
 */
export async function connect(token: string, origin: string): Promise<void> {
  api = createApi(token)
  const status = await call('getStatus', {})
  if (!status.ok) {
    const isRefused = status.error.code === REFUSED
    world.setState({ connection: isRefused ? 'refused' : 'lost' })
    if (!isRefused) setTimeout(() => void connect(token, origin), RETRY_MS)
    return
  }
  const { lastEvent, version, damage } = status.value
  // Asked for after the number: what happens meanwhile comes again as events, and changes nothing.
  const [projection, settings] = await Promise.all([snapshot(lastEvent), call('getSettings', {})])
  if (!projection || !settings.ok) {
    setTimeout(() => void connect(token, origin), RETRY_MS)
    return
  }
  preferences.begin(settings.value.ui, (ui) => void call('putSettings', { ui }))
  world.setState({ projection, version, damage, connection: 'connecting' })
  stream = openStream({
    url: `${origin.replace(/^http/, 'ws')}/api/stream`,
    token,
    since: lastEvent,
    listener: {
      onEvents: take,
      onOpen: () => {
        world.setState({ connection: 'live' })
        void compareVersion(version)
      },
      onLost: () => void lose(),
    },
  })
}

async function snapshot(seq: number): Promise<Projection | undefined> {
  const [sessions, agents, approvals, alerts] = await Promise.all([
    call('listSessions', {}),
    call('listAgents', {}),
    call('listApprovals', {}),
    call('listAlerts', {}),
  ])
  if (!sessions.ok || !agents.ok || !approvals.ok || !alerts.ok) return undefined
  return {
    ...emptyProjection,
    seq,
    sessions: byId(sessions.value),
    agents: byId(agents.value),
    approvals: byId(approvals.value),
    alerts: byId(alerts.value),
  }
}

const byId = <T extends { id: string }>(all: readonly T[]): Record<string, T> =>
  Object.fromEntries(all.map((one) => [one.id, one]))

function take(events: readonly StoredEvent[]): void {
  for (const event of events) arriving.get(event.sessionId ?? '')?.push(event)
  const { projection, history } = world.getState()
  world.setState({ projection: fold(projection, events), history: appended(history, events) })
}

/** What comes back after a loss may be another version, whose events this page does not know. */
async function compareVersion(known: string): Promise<void> {
  const status = await call('getStatus', {})
  if (!status.ok || status.value.version === known) return
  stream?.close()
  world.setState({ connection: 'outdated' })
}

/** A stream that breaks is tried again by itself; only a token that is no longer right needs the user. */
async function lose(): Promise<void> {
  world.setState({ connection: 'lost' })
  const status = await call('getStatus', {})
  if (!status.ok && status.error.code === REFUSED) {
    stream?.close()
    world.setState({ connection: 'refused' })
  }
}

// What happens while a history is read, so that nothing falls between; by session.
const arriving = new Map<string, StoredEvent[]>()

/**
 * All events of a session into `history`, and the chat and questions it began with; read once. Where it cannot be
 * read nothing is there, and it may be asked for again.
 */
export async function loadHistory(session: string): Promise<void> {
  if (world.getState().history[session] || arriving.has(session)) return
  arriving.set(session, [])
  const read = await readTimeline(session)
  const newest = read?.at(-1)?.seq ?? 0
  const since = (arriving.get(session) ?? []).filter(({ seq }) => seq > newest)
  arriving.delete(session)
  if (!read) return
  const events = [...read, ...since]
  const { history, projection } = world.getState()
  // The chat and the past questions are in the events alone; the rest is known from the snapshot.
  const past = fold(emptyProjection, events)
  world.setState({
    history: { ...history, [session]: events },
    projection: {
      ...projection,
      messages: { ...projection.messages, [session]: past.messages[session] ?? [] },
      approvals: { ...past.approvals, ...projection.approvals },
      conflicts: { ...past.conflicts, ...projection.conflicts },
      planning: { ...past.planning, ...projection.planning },
      recovered: { ...past.recovered, ...projection.recovered },
    },
  })
}

async function readTimeline(session: string): Promise<StoredEvent[] | undefined> {
  const events: StoredEvent[] = []
  for (;;) {
    const since = events.at(-1)?.seq ?? 0
    const page = await call('timeline', { session, since, limit: HISTORY_LIMIT })
    if (!page.ok) return undefined
    events.push(...page.value)
    if (page.value.length < HISTORY_LIMIT) return events
  }
}

function appended(
  history: Readonly<Record<string, readonly StoredEvent[]>>,
  events: readonly StoredEvent[],
) {
  const changed: Record<string, readonly StoredEvent[]> = {}
  for (const [session, known] of Object.entries(history)) {
    const newest = known.at(-1)?.seq ?? 0
    const more = events.filter((event) => event.sessionId === session && event.seq > newest)
    if (more.length > 0) changed[session] = [...known, ...more]
  }
  return Object.keys(changed).length === 0 ? history : { ...history, ...changed }
}
