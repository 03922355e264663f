import type { ContentErrorCode } from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import { commitTree } from '../commit-tree.ts'
import { addParagraph } from '../message.ts'
import type { Mirror } from '../mirror.ts'
import { treeOf, updateRefs } from '../refs.ts'
import type { Identity } from '../repository.ts'
import type { Worktree } from '../worktree/worktree.ts'
import { readAgentCommits } from './agent-commits.ts'
import { findFiltered } from './filters.ts'
import { type ContentReport, findQuestions } from './findings.ts'
import { type ScratchIndex, withScratchIndex } from './scratch-index.ts'
import { failFor, type Staged, stage } from './stage.ts'

type Refusal = Failure<ContentErrorCode>

/** A worktree's content as one commit on its base; the base itself when nothing changed. */
export interface ContentCommit {
  commit: string
  tree: string
  changed: boolean
}

interface Scanned extends Staged {
  report: ContentReport
}

/**
 * Commits a worktree's content as one commit on its base and sets its branch in the mirror to it.
 * Neither the folder nor the private clone is changed. The agent's own commits appear in the message.
 * Fails on what can never be committed (`embedded_repository`, `unreadable_content`, `lfs_unsupported`).
 * `approved` is the subject of the report that a human allowed; while that is not the content's own,
 * findings fail with `content_needs_approval` and the report as details.
 */
export async function commitContent(
  mirror: Mirror,
  worktree: Worktree,
  options: { message: string; author: Identity; approved?: string },
): Promise<Result<ContentCommit, Refusal>> {
  return await withScratchIndex(mirror, worktree, async (scratch) => {
    const scanned = await scan(mirror, worktree, scratch)
    if (!scanned.ok) return scanned
    const { tree, report } = scanned.value
    if (report.subject !== '' && report.subject !== options.approved) {
      const texts = report.findings.map((finding) => finding.text)
      return fail('content_needs_approval', texts.slice(0, 5).join('; '), { details: report })
    }
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

async function scan(
  mirror: Mirror,
  worktree: Worktree,
  { place }: ScratchIndex,
): Promise<Result<Scanned, Refusal>> {
  const staged = await stage(mirror, worktree, place)
  if (!staged.ok) return staged
  const { changes } = staged.value
  const filtered = await findFiltered(mirror, place, { base: worktree.base, changes })
  if (filtered.length > 0) {
    const names = [...new Set(filtered.map(({ filter }) => filter))].join(', ')
    const paths = [...new Set(filtered.map(({ path }) => path))]
    return failFor('lfs_unsupported', `under the filter ${names}`, paths)
  }
  return ok({ ...staged.value, report: await findQuestions(mirror, place, changes) })
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
