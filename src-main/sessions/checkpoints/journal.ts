import * as z from 'zod'
import { type Checkpoint, evidenceSchema } from '../../../src-shared/contract/index.ts'
import { type JournalPort, readRef, recoverJournal } from '../../git/index.ts'
import type { SessionRow, Tables } from '../../storage/index.ts'
import type { SessionDeps } from '../deps.ts'

/** What Save or Roll back makes of a session, written beside git's own steps so that a restart can finish it. */
const draftSchema = z.object({
  n: z.number().int().positive(),
  message: z.string(),
  evidence: z.array(evidenceSchema),
  mode: z.enum(['save', 'restore', 'rewind']),
  restores: z.number().int().nonnegative().optional(),
})
export type Draft = z.infer<typeof draftSchema>

/** What git did, and the entry that still stands for it. */
export interface Deed {
  journalId: string
  tag: string
  commit: string
}

/** Git's journal over our table: each entry is durable before git acts on it. */
export function journalPort({ events, clock }: SessionDeps, projectId: string): JournalPort {
  return {
    put: (entry) =>
      events.commit((tables) => tables.journal.put({ ...entry, projectId, at: clock.now() })),
    update: (id, change) => events.commit((tables) => tables.journal.update(id, change)),
    remove: (id) => events.commit((tables) => tables.journal.remove(id)),
    open: () => events.read.journal.open(projectId),
  }
}

/** The checkpoint's row, its event and the end of its journal entry: one transaction, so never only some of them. */
export async function recordCheckpoint(
  deps: SessionDeps,
  session: SessionRow,
  { draft, deed }: { draft: Draft; deed: Deed },
): Promise<Checkpoint> {
  const { n, message, evidence, restores } = draft
  const at = deps.clock.now()
  const checkpoint: Checkpoint = {
    n,
    tag: deed.tag,
    commit: deed.commit,
    message,
    at,
    evidence,
    ...(restores === undefined ? {} : { restores }),
  }
  const mirror = await deps.projects.mirror(session.projectId)
  const head = await readRef(mirror, `refs/heads/${session.integrationBranch}`)
  deps.events.commit((tables, emit) => {
    tables.checkpoints.insert({ ...checkpoint, sessionId: session.id })
    tables.sessions.update(session.id, {
      updatedAt: at,
      ...(head ? { integrationHead: head } : {}),
    })
    // Of a rewind nothing is ours: the heads are commits that were there before, perhaps the user's.
    if (draft.mode === 'restore') {
      own(tables, session.id, { commit: deed.commit, kind: 'restore' })
      if (head) own(tables, session.id, { commit: head, kind: 'merge' })
    }
    tables.journal.remove(deed.journalId)
    const about = { actor: 'user', sessionId: session.id }
    if (draft.mode === 'save') emit({ type: 'checkpoint.saved', ...about, data: { checkpoint } })
    else emit({ type: 'rollback.done', ...about, data: { checkpoint, mode: draft.mode } })
  })
  return checkpoint
}

/** Notes a commit as one of ours, unless it is known already. */
function own(
  tables: Tables,
  sessionId: string,
  made: { commit: string; kind: 'restore' | 'merge' },
): void {
  if (!tables.commits.get(made.commit)) tables.commits.insert({ ...made, sessionId })
}

/** Finishes or undoes every Save and Roll back that was cut off. */
export async function finishJournal(deps: SessionDeps): Promise<void> {
  const projects = new Set(deps.events.read.journal.open().map(({ projectId }) => projectId))
  for (const projectId of projects) {
    try {
      await finishProject(deps, projectId)
    } catch (error) {
      // A repository that was moved or unmounted must not keep the others from starting; the entry stays.
      deps.log.error('journal not finished', { projectId, error: String(error) })
    }
  }
}

async function finishProject(deps: SessionDeps, projectId: string): Promise<void> {
  const mirror = await deps.projects.mirror(projectId)
  const journal = journalPort(deps, projectId)
  for (const found of await recoverJournal(mirror, journal)) {
    deps.log.warn('a Save or Roll back had been cut off', {
      sessionId: found.sessionId,
      outcome: found.outcome,
      kept: found.kept,
    })
    if (found.outcome !== 'finished' || !found.checkpoint) continue
    const session = deps.events.read.sessions.get(found.sessionId)
    const { n, tag, commit } = found.checkpoint
    if (!session || deps.events.read.checkpoints.get(found.sessionId, n)) {
      journal.remove(found.id)
      continue
    }
    const deed: Deed = { journalId: found.id, tag, commit }
    const note = draftSchema.safeParse(found.note)
    // The target has moved, whatever became of the words for it: the session must know its checkpoint.
    const draft: Draft = note.success
      ? note.data
      : { n, message: `Checkpoint ${n}`, evidence: [], mode: 'save' }
    await recordCheckpoint(deps, session, { draft, deed })
    deps.events.commit((_tables, emit) =>
      emit({
        type: 'session.recovered',
        actor: 'orchestrator',
        sessionId: session.id,
        data: { found: [tag] },
      }),
    )
  }
}
