import { expect, it } from 'vitest'
import { fold } from '../src-renderer/base/projection/apply.ts'
import { emptyProjection } from '../src-renderer/base/projection/projection.ts'
import type { Session, StoredEvent, Task } from '../src-shared/contract/index.ts'
import { serveProgram } from './program/api.ts'
import { useHome } from './program/home.ts'

const place = useHome()

it('a rehearsal started over the API is verified and saved, and its events tell all that the interface shows', async () => {
  const { program, api } = await serveProgram(['--data', `${place.dir}/data`], place.home)
  const { id } = await api.post<Session>('/api/rehearsals')
  const stream = await api.stream(`?since=0&session=${id}`)
  await stream.until(
    ({ type, data }) =>
      type === 'session.state_changed' && (data as { to: string }).to === 'awaiting_review',
  )
  stream.close()
  const session = await api.get<Session>(`/api/sessions/${id}`)
  expect(session.tasks.map(({ state }) => state)).toEqual(Array(5).fill('integrated'))

  const events = await api.get<StoredEvent[]>(`/api/sessions/${id}/timeline?limit=10000`)
  const seen = fold(emptyProjection, events).sessions[id]
  expect(seen && comparable(seen)).toEqual(comparable(session))
  // Once more changes nothing: what a snapshot holds may come again as events.
  const twice = fold(fold(emptyProjection, events), events).sessions[id]
  expect(twice && comparable(twice)).toEqual(comparable(session))

  const saved = await api.post<{ tag: string }>(`/api/sessions/${id}/checkpoints`, {})
  expect(saved.tag).toMatch(/^thalogos\/.+\/1$/)
  program.send('SIGINT')
  await program.done
})

/** Without what no event tells, as nothing shows it: the process, the commit a worktree began with, a millisecond. */
function comparable({ tasks, updatedAt: _updated, ...session }: Session): unknown {
  const bare = ({ updatedAt: _when, base: _base, ...task }: Task) => ({
    ...task,
    runs: task.runs.map(({ pid: _pid, ...run }) => run),
  })
  return { ...session, tasks: tasks.map(bare) }
}
