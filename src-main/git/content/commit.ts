import type { ContentErrorCode } from '../../../src-shared/contract/index.ts'
import { type Failure, ok, type Result } from '../../base/index.ts'
import { commitTree } from '../commit-tree.ts'
import { type Place, withSignal } from '../exec.ts'
import { addParagraph } from '../message.ts'
import type { Mirror } from '../mirror.ts'
import { treeOf, updateRefs } from '../refs.ts'
import type { Identity } from '../repository.ts'
import type { Worktree } from '../worktree/worktree.ts'
import { readAgentCommits } from './agent-commits.ts'
import { findFiltered } from './filters.ts'
import { type Content, type ContentReport, findQuestions } from './findings.ts'
import { type ScratchIndex, withScratchIndex } from './scratch-index.ts'
import { failFor, stage } from './stage.ts'

type Refusal = Failure<ContentErrorCode>

// Of the findings, in a message.
const NAMED = 5

/** A worktree's content as one commit on its base; the base itself when nothing changed. */
export interface ContentCommit {
  commit: string
  tree: string
  changed: boolean
}

/**
 * Commits a worktree's content as one commit on its base and sets its branch in the mirror to it.
 * Neither the folder nor the private clone is changed. The agent's own commits appear in the message.
 * Fails on what can never be committed (`embedded_repository`, `unreadable_content`, `lfs_unsupported`).
 * `approved` is the subject of the report that a human allowed; while that is not the content's own,
 * findings fail with `content_needs_approval` and the report as details, before a large file is stored.
 * `signal` stops it: then it throws, and the branch is where it was.
 */
export async function commitContent(
  project: Mirror,
  worktree: Worktree,
  options: { message: string; author: Identity; approved?: string; signal?: AbortSignal },
): Promise<Result<ContentCommit, Refusal>> {
  const mirror = { ...project, git: withSignal(project.git, options.signal) }
  return await withScratchIndex(mirror, worktree, async (scratch) => {
    const taken = await takeIn(mirror, worktree, { scratch, approved: options.approved })
    if (!taken.ok) return taken
    const tree = await mirror.git.text(scratch.place, ['write-tree'], { config: mirror.config })
    await scratch.adopt()
    const changed = tree !== (await treeOf(mirror, worktree.base))
    const commit = changed
      ? await commitTree(mirror, {
          tree,
          parents: [worktree.base],
          message: await withAgentCommits(mirror, worktree, options.message),
          author: options.author,
        })
      : worktree.base
    const moved = await updateRefs(mirror, [{ ref: `refs/heads/${worktree.branch}`, to: commit }])
    if (!moved.ok) throw new Error(moved.error.message)
    return ok({ commit, tree, changed })
  })
}

interface TakeIn {
  scratch: ScratchIndex
  approved: string | undefined
}

/** Brings the content into the scratch index; what is large last, when all of it is allowed. */
async function takeIn(
  mirror: Mirror,
  worktree: Worktree,
  { scratch: { place }, approved }: TakeIn,
): Promise<Result<void, Refusal>> {
  const staged = await stage(mirror, worktree, place)
  if (!staged.ok) return staged
  const look = (content: Content) =>
    refuse(mirror, place, { base: worktree.base, content, approved })
  const refusal = await look(staged.value)
  if (refusal) return { ok: false, error: refusal }
  const whole = await staged.value.complete?.()
  if (!whole) return ok(undefined)
  if (!whole.ok) return whole
  // Once more: it may be something else by now.
  const second = await look(whole.value)
  return second ? { ok: false, error: second } : ok(undefined)
}

async function refuse(
  mirror: Mirror,
  place: Place,
  { base, content, approved }: { base: string; content: Content; approved: string | undefined },
): Promise<Refusal | undefined> {
  const filtered = await findFiltered(mirror, place, { base, changes: content.changes })
  if (filtered.length > 0) {
    const names = [...new Set(filtered.map(({ filter }) => filter))].join(', ')
    const paths = [...new Set(filtered.map(({ path }) => path))]
    return failFor('lfs_unsupported', `under the filter ${names}`, paths).error
  }
  const report = await findQuestions(mirror, place, content)
  if (report.subject === '' || report.subject === approved) return undefined
  return { code: 'content_needs_approval', message: wordsOf(report), details: report }
}

function wordsOf({ findings, total }: ContentReport): string {
  const named = findings.slice(0, NAMED).map(({ text }) => text)
  return named.join('; ') + (total > named.length ? `; and ${total - named.length} more` : '')
}

async function withAgentCommits(
  mirror: Mirror,
  worktree: Worktree,
  message: string,
): Promise<string> {
  const { subjects, unread } = await readAgentCommits(worktree.dir, {
    base: worktree.base,
    objectFormat: mirror.repository.objectFormat,
  })
  const lines = subjects.map((subject) => `- ${subject}`)
  if (unread) lines.push(lines.length > 0 ? '- and more' : '- they could not be read')
  return lines.length === 0
    ? message
    : addParagraph(message, ['Commits made by the agent:', ...lines].join('\n'))
}
