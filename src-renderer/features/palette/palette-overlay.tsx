import { Command as Cmdk } from 'cmdk'
import { Dialog } from 'radix-ui'
import {
  focus,
  isMacHere,
  keysOf,
  showKeys,
  useCommand,
  useCommands,
  useProjection,
} from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { Mark, sessionLooks, TaskMark } from '../../ui/mark.tsx'
import { show, useShown } from './open.ts'
import { PALETTE } from './palette-field.tsx'

const ITEM =
  'flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2 py-1 data-[selected=true]:bg-sunken data-[disabled=true]:text-faint'

/** Commands, sessions and tasks, found by typing. */
export function PaletteOverlay() {
  const isOpen = useShown() === 'palette'
  useCommand({
    ...PALETTE,
    title: 'Open the palette',
    run: () => show(isOpen ? undefined : 'palette'),
  })
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => show(open ? 'palette' : undefined)}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-ground/60" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-40 w-[calc(100vw-48px)] max-w-160 -translate-x-1/2 overflow-hidden rounded border border-edge bg-raised shadow-over"
        >
          <Dialog.Title className="sr-only">Search or run a command</Dialog.Title>
          <Cmdk label="Commands, sessions and tasks" loop>
            <Cmdk.Input
              autoFocus
              placeholder="What do you want to do, or where to go?"
              className="h-11 w-full border-b bg-transparent px-4 text-title outline-none"
            />
            <Cmdk.List className="max-h-[50vh] overflow-y-auto p-1">
              <Cmdk.Empty className="p-4 text-soft">Nothing is called that.</Cmdk.Empty>
              <Commands />
              <Tasks />
              <Sessions />
            </Cmdk.List>
          </Cmdk>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const GROUP =
  '**:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:pt-2 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-small **:[[cmdk-group-heading]]:text-soft'

/** Closes before it goes, so that what it opens gets the focus. */
const go = (run: () => void) => () => {
  show(undefined)
  setTimeout(run)
}

function Commands() {
  const commands = useCommands().filter(({ id }) => id !== PALETTE.id)
  return (
    <Cmdk.Group heading="Commands" className={GROUP}>
      {commands
        .toSorted((a, b) => a.title.localeCompare(b.title))
        .map((command) => {
          const keys = keysOf(command)
          return (
            <Cmdk.Item
              key={command.id}
              value={`${command.title} ${command.id}`}
              disabled={command.enabled === false}
              onSelect={go(() => command.run())}
              className={ITEM}
            >
              <span className="min-w-0 grow truncate">{command.title}</span>
              {keys !== undefined && (
                <kbd className="font-mono text-tiny text-soft">{showKeys(keys, isMacHere())}</kbd>
              )}
            </Cmdk.Item>
          )
        })}
    </Cmdk.Group>
  )
}

function Tasks() {
  const sessions = useProjection((state) => state.sessions)
  const id = focus.get().session
  const tasks = (id === undefined ? undefined : sessions[id])?.tasks ?? []
  if (tasks.length === 0) return null
  return (
    <Cmdk.Group heading="Tasks" className={GROUP}>
      {tasks.map((task) => (
        <Cmdk.Item
          key={task.id}
          value={`${task.title} ${task.key} ${task.id}`}
          onSelect={go(() => focus.task(task.id))}
          className={ITEM}
        >
          {task.agent !== undefined && <AgentMark agent={task.agent} hideName />}
          <span dir="auto" className="min-w-0 grow truncate">
            {task.title}
          </span>
          <TaskMark state={task.state} />
        </Cmdk.Item>
      ))}
    </Cmdk.Group>
  )
}

function Sessions() {
  const sessions = useProjection((state) => state.sessions)
  return (
    <Cmdk.Group heading="Sessions" className={GROUP}>
      {Object.values(sessions)
        .toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt))
        .map(({ id, goal, state }) => (
          <Cmdk.Item
            key={id}
            value={`${goal.slice(0, 300)} ${id}`}
            onSelect={go(() => focus.session(id))}
            className={ITEM}
          >
            <span dir="auto" className="min-w-0 grow truncate">
              {goal.split('\n', 1)[0]}
            </span>
            <Mark {...sessionLooks[state]} />
          </Cmdk.Item>
        ))}
    </Cmdk.Group>
  )
}
