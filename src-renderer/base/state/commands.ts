import { useEffect, useRef } from 'react'
import { createStore, useStore } from 'zustand'
import { preferences } from './preferences.ts'

/** Something the user can do; in the palette, by its keys, and in the list of shortcuts. */
export interface Command {
  /** As `session.save`. */
  id: string
  title: string
  /** As `Mod+K`; Mod is Ctrl, or Cmd on a Mac. The user may choose others. */
  keys?: string
  /** `argument` is what it is done to, where another part of the page asks for it. */
  run(argument?: unknown): void
  enabled?: boolean
}

const store = createStore<Readonly<Record<string, Command>>>(() => ({}))

export const useCommands = (): readonly Command[] => Object.values(useStore(store, (all) => all))

/** The command is there as long as the component is. */
export function useCommand(command: Command): void {
  const latest = useRef(command)
  latest.current = command
  const { id, title, keys, enabled = true } = command
  useEffect(() => {
    const own: Command = {
      id,
      title,
      enabled,
      ...(keys === undefined ? {} : { keys }),
      run: (argument) => latest.current.run(argument),
    }
    store.setState({ [id]: own })
    return () => {
      if (store.getState()[id] !== own) return
      const { [id]: _gone, ...rest } = store.getState()
      store.setState(rest, true)
    }
  }, [id, title, keys, enabled])
}

/** The keys of a command: the user's, else its own. */
export function keysOf({ id, keys }: Pick<Command, 'id' | 'keys'>): string | undefined {
  const chosen = preferences.get(`keys.${id}`)
  return typeof chosen === 'string' ? chosen : keys
}

/** Runs a command by its id; nothing when it is not there or cannot be run now. */
export function runCommand(id: string, argument?: unknown): void {
  const command = store.getState()[id]
  if (command && command.enabled !== false) command.run(argument)
}

/** Runs what a key is for; true when it was for something. */
export function runByKey(event: KeyboardEvent, isMac: boolean): boolean {
  const pressed = nameOf(event, isMac)
  const command = Object.values(store.getState()).find(
    (one) => one.enabled !== false && keysOf(one)?.toLowerCase() === pressed.toLowerCase(),
  )
  command?.run()
  return command !== undefined
}

/** A key press as commands name it: `Mod+Shift+K`, `F6`, `?`. */
export function nameOf(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  isMac: boolean,
): string {
  const mod = isMac ? event.metaKey : event.ctrlKey
  // With Alt a Mac types other characters; the code says which key it was.
  const digit = event.altKey ? /^(?:Digit|Key)(.)$/.exec(event.code)?.[1] : undefined
  const key = digit ?? event.key
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase()
  return [
    mod ? 'Mod' : '',
    event.altKey ? 'Alt' : '',
    // A sign has its shift in it: `?` is pressed with Shift on one keyboard and without on another.
    event.shiftKey && !(isSign && !mod && !event.altKey) ? 'Shift' : '',
    key.length === 1 ? key.toUpperCase() : key,
  ]
    .filter(Boolean)
    .join('+')
}

/** For the screen: `⌘K` on a Mac, `Ctrl+K` elsewhere. */
export const showKeys = (keys: string, isMac: boolean): string =>
  isMac
    ? keys.replace('Mod+', '⌘').replace('Alt+', '⌥').replace('Shift+', '⇧')
    : keys.replace('Mod', 'Ctrl')

export const isMacHere = (): boolean => /Mac/i.test(navigator.userAgent)
