import type {
  ErrorCode,
  Evidence,
  FileDiff,
  FileStat,
  SavePreview,
  SessionCommit,
} from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import { checkSave, diff, refresh, treeOf } from '../../git/index.ts'
import { moveSubject, reviewState } from '../../policy/index.ts'
import type { SessionRow } from '../../storage/index.ts'
import type { SessionDeps } from '../deps.ts'
import { sessionLineage } from '../lineage.ts'

type Refusal = NonNullable<SavePreview['refusal']>

/** What Save would do now, and why it would refuse. Runs no check, asks nobody and changes nothing. */
export async function previewSave(
  deps: SessionDeps,
  sessionId: string,
): Promise<Result<SavePreview, Failure<ErrorCode>>> {
  const session = deps.events.read.sessions.get(sessionId)
  if (!session) return fail('not_found', `there is no session ${sessionId}`)
  const present = deps.projects.present(session.projectId)
  if (!present.ok) return present
  const mirror = await deps.projects.mirror(session.projectId)
  await refresh(mirror)
  const to = await deps.tasks.integration.head({ mirror, session })
  const ready = await checkSave(mirror, { target: session.target, to })
  const from = ready.ok ? ready.value.from : session.base
  const evidence = evidenceOn(deps, session, await treeOf(mirror, to))
  const files = await diff(mirror, { from, to })
  const refusal = ready.ok ? refusalOf(deps, session, { to, evidence }) : asRefusal(ready.error)
  return ok({
    target: session.target,
    from,
    to,
    commits: commitsOf(await sessionLineage(deps, sessionId), { from, to }),
    files: files.map(asStat),
    evidence: evidence.filter(({ exitCode }) => exitCode === 0),
    ...(refusal ? { refusal } : {}),
  })
}

const asRefusal = ({ code, message, details }: Failure<ErrorCode>): Refusal => ({
  code,
  message,
  ...(details === undefined ? {} : { details }),
})

const asStat = ({ hunks: _hunks, cut: _cut, ...stat }: FileDiff): FileStat => stat

/** The newest result of each check on exactly this tree. */
function evidenceOn(deps: SessionDeps, session: SessionRow, tree: string): Evidence[] {
  const checks = new Set(session.projectConfig.checks.map(({ name }) => name))
  const found = new Map<string, Evidence>()
  const rows = deps.events.read.evidence.bySession(session.id)
  for (const { setup: _, sessionId: _session, taskId: _task, ...evidence } of rows) {
    if (evidence.tree === tree && checks.has(evidence.check)) found.set(evidence.check, evidence)
  }
  return [...found.values()]
}

/** What stands against it beside the state of the user's repository. */
function refusalOf(
  deps: SessionDeps,
  session: SessionRow,
  { to, evidence }: { to: string; evidence: readonly Evidence[] },
): Refusal | undefined {
  const red = evidence.find(({ exitCode }) => exitCode !== 0)
  if (red) {
    const details = { check: red.check, log: red.log }
    return { code: 'save_checks_failed', message: `${red.check} is red`, details }
  }
  const { checks, policy } = session.projectConfig
  if (!session.trusted || checks.length === 0) {
    const why = session.trusted ? 'the project has no checks' : 'its checks are not trusted'
    return { code: 'save_unchecked', message: why }
  }
  const subject = moveSubject(session.target, to)
  const approvals = deps.events.read.approvals.bySession(session.id)
  const review = reviewState(policy, { target: session.target, subject }, approvals)
  if (review.state === 'free') return undefined
  const details = review.state === 'open' ? { details: { approval: review.approval.id } } : {}
  return { code: 'save_needs_approval', message: `${session.target} is protected`, ...details }
}

/** The commits that `to` has and `from` does not, in the order of the history. */
function commitsOf(
  history: readonly SessionCommit[],
  { from, to }: { from: string; to: string },
): SessionCommit[] {
  const byId = new Map(history.map((commit) => [commit.commit, commit]))
  const reach = (start: string): Set<string> => {
    const seen = new Set<string>()
    const open = [start]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const commit = byId.get(id)
      if (!commit || seen.has(id)) continue
      seen.add(id)
      open.push(...commit.parents)
    }
    return seen
  }
  const [has, had] = [reach(to), reach(from)]
  return history.filter(({ commit }) => has.has(commit) && !had.has(commit))
}
