import type { SavePreview } from '../../../src-shared/contract/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { EvidenceList } from '../../ui/evidence/evidence-list.tsx'
import { FileList } from '../../ui/evidence/file-list.tsx'
import { count } from '../../ui/format.ts'

/** What a Save would move: evidence, commits, files. */
export function Moves({ preview }: { preview: SavePreview }) {
  const { from, to, commits, files, evidence } = preview
  return (
    <div className="flex flex-col gap-4">
      <p className="font-mono text-code text-soft">
        {from.slice(0, 10)} → <span className="text-strong">{to.slice(0, 10)}</span>
      </p>
      <section>
        <h3 className="mb-1 font-medium">Evidence</h3>
        {evidence.length === 0 ? (
          <p className="text-soft">
            No check has run on exactly this yet; Save runs them first where there are some.
          </p>
        ) : (
          <EvidenceList evidence={evidence} />
        )}
      </section>
      <section>
        <h3 className="mb-1 font-medium">{count(commits.length, 'commit')}</h3>
        <ul className="max-h-48 overflow-y-auto">
          {commits.map(({ commit, subject, task, agent }) => (
            <li key={commit} className="flex items-baseline gap-2">
              <code className="shrink-0 text-code text-soft">{commit.slice(0, 8)}</code>
              <bdi className="min-w-0 grow wrap-anywhere">{subject}</bdi>
              {agent !== undefined && <AgentMark agent={agent} hideName />}
              {task !== undefined && <span className="text-small text-soft">{task}</span>}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3 className="mb-1 font-medium">{count(files.length, 'file')}</h3>
        <div className="max-h-48 overflow-y-auto">
          <FileList files={files} />
        </div>
      </section>
    </div>
  )
}
