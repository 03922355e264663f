import { type KeyboardEvent, useState } from 'react'
import {
  type Command,
  isMacHere,
  keysOf,
  nameOf,
  preferences,
  showKeys,
  useCommands,
} from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'

/** The keys of each command, and the way to choose others. */
export function ShortcutsPart() {
  const commands = useCommands().toSorted((a, b) => a.title.localeCompare(b.title))
  return (
    <ul className="flex flex-col gap-1">
      {commands.map((command) => (
        <Row key={command.id} command={command} all={commands} />
      ))}
    </ul>
  )
}

const MODIFIERS = ['Control', 'Meta', 'Alt', 'Shift']

function Row({ command, all }: { command: Command; all: readonly Command[] }) {
  const [isListening, setListening] = useState(false)
  const [, redraw] = useState(0)
  const isMac = isMacHere()
  const keys = keysOf(command)
  const twin = all.find((other) => other.id !== command.id && keys && keysOf(other) === keys)
  const words = isListening ? 'Press keys …' : keys === undefined ? 'none' : showKeys(keys, isMac)
  const choose = (chosen: string | undefined) => {
    preferences.set(`keys.${command.id}`, chosen)
    setListening(false)
    redraw((n) => n + 1)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isListening || MODIFIERS.includes(event.key) || event.key === 'Tab') return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') setListening(false)
    else choose(nameOf(event.nativeEvent, isMac))
  }
  return (
    <li className="flex items-center gap-3 rounded px-1 py-0.5 hover:bg-raised">
      <span className="min-w-0 grow truncate">
        {command.title}
        {twin && <span className="ml-2 text-wait">also “{twin.title}”</span>}
      </span>
      {command.keys !== keys && (
        <Button tone="quiet" small onClick={() => choose(undefined)}>
          Reset
        </Button>
      )}
      <Button
        small
        aria-label={`${words}: the keys of ${command.title}`}
        onClick={() => setListening(true)}
        onBlur={() => setListening(false)}
        onKeyDown={onKeyDown}
        className="min-w-28 font-mono"
      >
        {words}
      </Button>
    </li>
  )
}
