import { createStore, useStore } from 'zustand'

type Shown = 'palette' | 'shortcuts' | undefined

const store = createStore<{ shown: Shown }>(() => ({ shown: undefined }))

export const show = (shown: Shown): void => store.setState({ shown })
export const useShown = (): Shown => useStore(store, (state) => state.shown)
