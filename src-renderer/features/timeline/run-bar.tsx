import { focus } from '../../base/index.ts'
import { agentLook } from '../../ui/agent-mark.tsx'
import { classNames } from '../../ui/class-names.ts'
import { count, duration } from '../../ui/format.ts'
import { Tooltip } from '../../ui/tooltip.tsx'
import type { Bar } from './scene.ts'

interface RunBarProps {
  bar: Bar
  titles: ReadonlyMap<string, string>
  now: number
}

// Narrower than this it could not be hit.
const LEAST_PX = 4

/** A run, from its start to its end; a click opens its pane, as Enter does at the playhead. */
export function RunBar({ bar, titles, now }: RunBarProps) {
  const { runs, x, y, width, height, agent, isLive, isBad } = bar
  const [run] = runs
  if (!run) return null
  const title = (run.taskId !== undefined && titles.get(run.taskId)) || 'Making the plan'
  const words =
    runs.length > 1
      ? `${count(runs.length, 'run')} of ${agentLook(agent).name}`
      : `${title}: ${run.outcome ?? 'running'}, ${duration((run.end ?? now) - run.at)}`
  return (
    <Tooltip text={words}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the playhead has the keys */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for the pointer alone */}
      <div
        onClick={() => focus.run(run.runId, run.taskId)}
        style={{ left: x, top: y, width: Math.max(LEAST_PX, width), height }}
        className={classNames(
          'absolute cursor-pointer rounded-sm bg-current transition-opacity hover:opacity-100',
          agentLook(agent).className,
          isLive ? 'opacity-100' : 'opacity-70',
          isBad && 'border border-bad bg-transparent',
        )}
      />
    </Tooltip>
  )
}
