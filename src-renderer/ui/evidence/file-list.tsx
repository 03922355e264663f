import type { FileStat } from '../../../src-shared/contract/index.ts'

const SIGNS: Readonly<Record<FileStat['status'], { sign: string; word: string }>> = {
  added: { sign: 'A', word: 'added' },
  deleted: { sign: 'D', word: 'deleted' },
  modified: { sign: 'M', word: 'modified' },
  renamed: { sign: 'R', word: 'renamed' },
  type_changed: { sign: 'T', word: 'another type' },
}

/** Files and how much of them changes. */
export const FileList = ({ files }: { files: readonly FileStat[] }) => (
  <ul className="font-mono text-code">
    {files.map(({ path, oldPath, status, added, removed, binary }) => (
      <li key={path} className="flex items-baseline gap-2">
        <span title={SIGNS[status].word} className="w-3 shrink-0 text-soft">
          {SIGNS[status].sign}
        </span>
        <bdi className="min-w-0 grow wrap-anywhere">
          {oldPath === undefined ? path : `${oldPath} → ${path}`}
        </bdi>
        {binary ? (
          <span className="shrink-0 text-soft">binary</span>
        ) : (
          <span className="shrink-0 tabular-nums">
            <span className="text-good">+{added}</span> <span className="text-bad">−{removed}</span>
          </span>
        )}
      </li>
    ))}
  </ul>
)
