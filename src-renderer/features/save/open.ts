import { createStore, useStore } from 'zustand'

/** Which of the dialogs is open; roll back may come with the checkpoint that was pointed at. */
export type Shown =
  | { dialog: 'save'; finish?: boolean }
  | { dialog: 'rollback'; checkpoint?: number }
  | undefined

const store = createStore<{ shown: Shown }>(() => ({ shown: undefined }))

export const open = (shown: Shown): void => store.setState({ shown })
export const useShown = (): Shown => useStore(store, (state) => state.shown)
