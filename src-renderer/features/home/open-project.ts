import type { ProjectView } from '../../../src-shared/contract/index.ts'
import { type Answer, call } from '../../base/index.ts'

/** What was found at a path: a project, or why it is none. */
export interface Opened {
  view?: ProjectView
  problem?: string
}

export async function openProject(path: string): Promise<Opened> {
  const added = await call('addProject', { path })
  return added.ok ? { view: added.value } : { problem: added.error.message }
}

/** What the form says. `leftOut`: agents that may not work on it, of those that can be used. */
export interface DraftRequest {
  repo: string
  goal: string
  target: string
  trusts: boolean
  usable: readonly string[]
  leftOut: readonly string[]
  view?: ProjectView | undefined
}

/** Makes the draft; the commands of the repository are trusted first, exactly as they were shown. */
export async function makeDraft(request: DraftRequest): Promise<Answer<{ id: string }>> {
  const { repo, goal, target, trusts, usable, leftOut, view } = request
  if (trusts && view?.contentHash !== undefined && !view.trusted) {
    const trusted = await call('trustProject', { project: view.id, contentHash: view.contentHash })
    if (!trusted.ok) return trusted
  }
  const named = usable.filter((id) => !leftOut.includes(id))
  return await call('createSession', {
    repo: repo.trim(),
    goal: goal.trim(),
    trust: trusts,
    ...(leftOut.length > 0 && named.length > 0 ? { agents: named } : {}),
    ...(target.trim() === '' ? {} : { target: target.trim() }),
  })
}
