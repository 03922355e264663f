import { createStore, useStore } from 'zustand'

export type SideTab = 'board' | 'review' | 'lineage'

/** Where the user looks. */
export interface Focus {
  session?: string
  task?: string
  run?: string
  /** The event up to which board, graph and panes are shown; absent: now. */
  playhead?: number
  side: SideTab
}

const store = createStore<Focus>(() => ({ side: 'board' }))

export const focus = {
  get: (): Focus => store.getState(),
  subscribe: store.subscribe,
  /** Opens a session, or the home with none. */
  session: (session?: string) =>
    store.setState({ side: store.getState().side, ...(session ? { session } : {}) }, true),
  task: (task?: string) => change({ task, run: undefined }),
  run: (run: string, task?: string) => change({ run, task }),
  side: (side: SideTab) => change({ side }),
  /** Opens what a task changed. */
  review: (task?: string) => change({ task, side: 'review' }),
  playhead: (playhead?: number) => change({ playhead }),
}

/** What is undefined is no longer there. */
function change(to: { [K in keyof Focus]?: Focus[K] | undefined }): void {
  const all = { ...store.getState(), ...to }
  const kept = Object.entries(all).filter(([, value]) => value !== undefined)
  store.setState(Object.fromEntries(kept) as unknown as Focus, true)
}

export const useFocus = <T>(select: (state: Focus) => T): T => useStore(store, select)
