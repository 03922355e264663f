import type { FileDiff } from '../../../src-shared/contract/index.ts'
import { classNames } from '../../ui/class-names.ts'
import { riskOf } from './risk.ts'

interface FilePickerProps {
  files: readonly FileDiff[]
  chosen: string | undefined
  onChoose(path: string): void
}

const SIGNS = {
  high: { className: 'bg-bad', word: 'look closely' },
  normal: { className: 'bg-wait', word: 'look' },
  low: { className: 'bg-good', word: 'of little risk' },
} as const

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  j: 1,
  n: 1,
  ArrowUp: -1,
  k: -1,
  p: -1,
}

/** The changed files, the riskiest first, each with why; the arrows go from one to the next. */
export function FilePicker({ files, chosen, onChoose }: FilePickerProps) {
  const step = (by: number) => {
    const at = files.findIndex(({ path }) => path === chosen)
    const next = files[Math.min(files.length - 1, Math.max(0, at + by))]
    if (next) onChoose(next.path)
  }
  return (
    <div
      role="listbox"
      tabIndex={0}
      aria-label="Changed files, the riskiest first"
      aria-activedescendant={`file-${files.findIndex(({ path }) => path === chosen)}`}
      onKeyDown={(event) => {
        const by = STEPS[event.key]
        if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return
        event.preventDefault()
        step(by)
      }}
      className="max-h-[38%] shrink-0 overflow-y-auto border-b"
    >
      {files.map((file, index) => {
        const { level, reason } = riskOf(file)
        const { className, word } = SIGNS[level]
        const isChosen = file.path === chosen
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys (aria-activedescendant)
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the list
          <div
            key={file.path}
            id={`file-${index}`}
            role="option"
            aria-selected={isChosen}
            onClick={() => onChoose(file.path)}
            className={classNames(
              'flex cursor-pointer items-center gap-2 border-b px-3 py-1 last:border-b-0',
              isChosen ? 'bg-action-soft' : 'hover:bg-raised',
            )}
          >
            <span title={word} className={classNames('h-4 w-1.5 shrink-0 rounded-sm', className)} />
            <span className="min-w-0 grow">
              <bdi className="block truncate" title={file.path}>
                {file.path}
              </bdi>
              <span className="block text-small text-soft">
                {reason}
                <span className="sr-only">, {word}</span>
              </span>
            </span>
            <span className="shrink-0 font-mono text-code tabular-nums">
              <span className="text-good">+{file.added}</span>{' '}
              <span className="text-bad">−{file.removed}</span>
            </span>
          </div>
        )
      })}
    </div>
  )
}
