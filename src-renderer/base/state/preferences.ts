import { createStore, useStore } from 'zustand'

type Values = Readonly<Record<string, unknown>>

// A drag writes a hundred values a second; the last one is what counts.
const SAVE_AFTER_MS = 400

const store = createStore<Values>(() => ({}))
let unsaved: Record<string, unknown> = {}
let save: (values: Values) => void = () => undefined

/**
 * What the interface keeps for itself, by name (letters, digits, `.`, `_`, `-`). The orchestrator keeps it: the
 * browser's own storage belongs to an address, and the port is another one at every start.
 */
export const preferences = {
  get: (name: string): unknown => store.getState()[name],
  /** Undefined removes it. Kept a moment later. */
  set(name: string, value: unknown) {
    store.setState({ [name]: value })
    if (Object.keys(unsaved).length === 0) setTimeout(flush, SAVE_AFTER_MS)
    unsaved[name] = value ?? null
  },
  /** What was kept, and who keeps what is set from now on. */
  begin(values: Values, keep: (values: Values) => void) {
    save = keep
    store.setState({ ...values, ...unsaved }, true)
  },
  subscribe: store.subscribe,
}

function flush(): void {
  const values = unsaved
  unsaved = {}
  save(values)
}

/** A preference and the way to set it; `accept` tells what may be stored from what is damaged or old. */
export function usePreference<T>(
  name: string,
  fallback: T,
  accept: (value: unknown) => value is T,
): [T, (value: T) => void] {
  const value = useStore(store, (all) => all[name])
  return [accept(value) ? value : fallback, (next) => preferences.set(name, next)]
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)
export const isText = (value: unknown): value is string => typeof value === 'string'
