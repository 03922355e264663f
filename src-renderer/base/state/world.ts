import { useSyncExternalStore } from 'react'
import { createStore, useStore } from 'zustand'
import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { emptyProjection, type Projection } from '../projection/projection.ts'

/** How it stands with the orchestrator. `refused`: the token is wrong. `outdated`: it is of another version now. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused' | 'outdated'

export interface World {
  projection: Projection
  connection: Connection
  version: string
  /** Parts of the data folder that could not be read. */
  damage: readonly { place: string; problem: string }[]
  /** By session, of those that were opened: all of their events, in order. */
  history: Readonly<Record<string, readonly StoredEvent[]>>
}

/** The one store of what the orchestrator says; features read it, only `base` writes it. */
export const world = createStore<World>(() => ({
  projection: emptyProjection,
  connection: 'connecting',
  version: '',
  damage: [],
  history: {},
}))

/** A part of the projection; drawn again only when the selected value changes. */
export const useProjection = <T>(select: (projection: Projection) => T): T =>
  useStore(world, (state) => select(state.projection))

export const useWorld = <T>(select: (state: World) => T): T => useStore(world, select)

/** False while nothing that is asked would be answered. */
export const useIsLive = (): boolean => useWorld(({ connection }) => connection === 'live')

// One for all who show times: a clock for each would draw the page again and again.
const TICK_MS = 1_000
let now = Date.now()
const tickers = new Set<() => void>()
let ticking: ReturnType<typeof setInterval> | undefined

function onTick(listener: () => void): () => void {
  tickers.add(listener)
  ticking ??= setInterval(() => {
    now = Date.now()
    for (const tell of tickers) tell()
  }, TICK_MS)
  return () => {
    tickers.delete(listener)
    if (tickers.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}

/** The time in milliseconds, a second exact. */
export const useNow = (): number => useSyncExternalStore(onTick, () => now)
