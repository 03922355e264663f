import { useProjection } from '../../base/index.ts'
import { AgentList } from './agent-list.tsx'
import { NewSession } from './new-session.tsx'
import { Rehearsal } from './rehearsal.tsx'
import { SessionList } from './session-list.tsx'

/** The first page. */
export function Home() {
  const isFirst = useProjection(({ sessions }) => Object.keys(sessions).length === 0)
  return (
    <main data-region tabIndex={-1} className="min-h-0 grow overflow-y-auto outline-none">
      <div className="mx-auto grid max-w-290 gap-6 px-6 py-8 lg:grid-cols-[minmax(0,1fr)_340px]">
        <div className="flex min-w-0 flex-col gap-6">
          {isFirst ? <Welcome /> : <h1 className="sr-only">Thalogos</h1>}
          <NewSession />
          {!isFirst && <SessionList />}
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <Rehearsal />
          <AgentList />
        </div>
      </div>
    </main>
  )
}

const Welcome = () => (
  <section>
    <h1 className="text-head font-semibold">Several agents, one repository, nothing lost</h1>
    <p className="mt-1 max-w-150 text-soft">
      Thalogos gives each coding agent a copy of your repository, runs your checks on exactly what
      it made, merges what is green, and moves it onto your branch when you press Save. Your
      checkout is touched by nothing but Save and Roll back.
    </p>
  </section>
)
