import { removeRetired } from '../checkout/work-folder.ts'
import type { Mirror } from '../mirror.ts'
import { type JournalEntry, type JournalPort, readRecord } from './journal.ts'
import { moveMirrorRefs } from './mirror-refs.ts'
import { clearRefLocks } from './ref-locks.ts'
import { type Settled, settleMove } from './settle.ts'

/** What became of a Save or Roll back that a crash interrupted. */
export interface Recovered extends Settled {
  /** The journal's entry. */
  id: string
  sessionId: string
  kind: string
  /** The checkpoint that there is now; only of a move that is finished. */
  checkpoint?: { n: number; tag: string; commit: string }
  /** What the caller had given along. */
  note: unknown
}

/**
 * Finishes or undoes every move of this repository that did not end (design.md 7). An undone one leaves
 * the journal; a finished one stays in it until the caller has recorded its checkpoint and removes it,
 * both in one transaction; a postponed one stays for the next time. May be called any number of times.
 */
export async function recoverJournal(mirror: Mirror, journal: JournalPort): Promise<Recovered[]> {
  await removeRetired(mirror.repository)
  const recovered: Recovered[] = []
  for (const entry of journal.open()) recovered.push(await recoverOne(mirror, journal, entry))
  return recovered
}

async function recoverOne(
  mirror: Mirror,
  journal: JournalPort,
  entry: JournalEntry,
): Promise<Recovered> {
  const record = readRecord(entry)
  await clearRefLocks(mirror.repository, record)
  const settled = await settleMove(mirror, record)
  if (settled.outcome === 'finished') await moveMirrorRefs(mirror, record.mirrorRefs)
  if (settled.outcome === 'undone') journal.remove(entry.id)
  const { n, to: commit, note } = record
  const tag = record.tagRef.slice('refs/tags/'.length)
  const { id, sessionId, kind } = entry
  const checkpoint = settled.outcome === 'finished' ? { checkpoint: { n, tag, commit } } : {}
  return { ...settled, ...checkpoint, id, sessionId, kind, note }
}
