import { useEffect, useState } from 'react'
import type { ProjectView } from '../../../src-shared/contract/index.ts'
import { call } from '../../base/index.ts'
import { Empty } from '../../ui/empty.tsx'
import { Mark } from '../../ui/mark.tsx'

/** Which repositories' commands may run, as they are now. */
export function TrustPart() {
  const [views, setViews] = useState<readonly ProjectView[]>()
  useEffect(() => {
    void readProjects().then(setViews)
  }, [])
  if (views?.length === 0) {
    return (
      <Empty
        title="No repository yet"
        text="Those that sessions work on will be here, with the commands that come with them."
      />
    )
  }
  return (
    <ul className="flex flex-col gap-3">
      {views?.map((view) => (
        <li key={view.id} className="rounded border p-3">
          <div className="flex items-baseline justify-between gap-3">
            <span className="min-w-0 font-medium wrap-anywhere">{view.path}</span>
            <Trust view={view} />
          </div>
          <ul className="mt-1 font-mono text-code text-soft">
            {view.config?.checks.map(({ name, run }) => (
              <li key={name} className="wrap-anywhere">
                {name}: {run}
              </li>
            ))}
          </ul>
          {view.problem !== undefined && <p className="text-bad">{view.problem}</p>}
        </li>
      ))}
    </ul>
  )
}

function Trust({ view }: { view: ProjectView }) {
  if (view.contentHash === undefined) return <Mark tone="idle" glyph="·" word="no commands" />
  return view.trusted ? (
    <Mark tone="good" glyph="✓" word="trusted as it is now" />
  ) : (
    <Mark tone="wait" glyph="!" word="not trusted: nothing of it runs" />
  )
}

async function readProjects(): Promise<ProjectView[]> {
  const projects = await call('listProjects', {})
  if (!projects.ok) return []
  const views = await Promise.all(
    projects.value.map(({ id }) => call('getProject', { project: id })),
  )
  return views.flatMap((view) => (view.ok ? [view.value] : []))
}
