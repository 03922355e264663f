import { isMacHere, keysOf, showKeys, useCommand, useCommands } from '../../base/index.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { show, useShown } from './open.ts'

/** All shortcuts of the moment. */
export function ShortcutList() {
  const isOpen = useShown() === 'shortcuts'
  useCommand({
    id: 'shortcuts.show',
    title: 'Show the shortcuts',
    keys: '?',
    run: () => show('shortcuts'),
  })
  const commands = useCommands()
  const isMac = isMacHere()
  return (
    <Dialog
      open={isOpen}
      onOpenChange={(open) => show(open ? 'shortcuts' : undefined)}
      title="Shortcuts"
      description="They can be changed in the settings."
    >
      <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 pb-3">
        {commands
          .filter((command) => keysOf(command) !== undefined)
          .toSorted((a, b) => a.title.localeCompare(b.title))
          .map((command) => (
            <div key={command.id} className="contents">
              <dt className="truncate">{command.title}</dt>
              <dd>
                <kbd className="rounded-sm border border-edge bg-ground px-1.5 font-mono text-tiny">
                  {showKeys(keysOf(command) ?? '', isMac)}
                </kbd>
              </dd>
            </div>
          ))}
      </dl>
    </Dialog>
  )
}
