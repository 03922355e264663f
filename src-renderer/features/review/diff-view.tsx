import { type ReactNode, useMemo, useState } from 'react'
import type { Comment, FileDiff } from '../../../src-shared/contract/index.ts'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { CodeText, useHighlight } from './code-text.tsx'
import { CommentBox, CommentNote } from './comment-box.tsx'
import { type DiffLine, type DiffRow, diffRows, type Layout, lineOf } from './diff-rows.ts'
import { LineForm } from './line-form.tsx'

interface DiffViewProps {
  file: FileDiff
  layout: Layout
  comments: readonly Comment[]
  /** Absent where nothing can be said. */
  onComment?: ((comment: Comment) => void) | undefined
  onRemove?: ((comment: Comment) => void) | undefined
}

// One code line of the tokens.
const ROW_PX = 18

/** The diff of one file, of which only what is seen is drawn. */
export function DiffView({ file, layout, comments, onComment, onRemove }: DiffViewProps) {
  const rows = useMemo(() => diffRows(file, layout), [file, layout])
  const [writing, setWriting] = useState<number>()
  const highlight = useHighlight()
  const language = highlight?.languageOf(file.path)
  const own = comments.filter(({ path }) => path === file.path)
  const code = (line: DiffLine) => (
    <CodeText text={line.text} language={language} highlight={highlight} />
  )
  return (
    <div className="flex h-full flex-col">
      {onComment && <LineForm lines={rows} onWrite={setWriting} />}
      <div className="min-h-0 grow">
        <VirtualList
          label={`Changes in ${file.path}`}
          items={rows}
          keyOf={(row) => `${layout} ${row.key}`}
          rowHeight={ROW_PX}
          reveal={
            writing === undefined ? undefined : rows.findIndex((row) => lineOf(row) === writing)
          }
          render={(row) => (
            <>
              <Row
                row={row}
                layout={layout}
                code={code}
                onWrite={onComment ? (line) => setWriting(line) : undefined}
              />
              {own
                .filter(({ line }) => line !== undefined && line === lineOf(row))
                .map((comment) => (
                  <CommentNote
                    key={comment.text}
                    comment={comment}
                    onRemove={onRemove ? () => onRemove(comment) : undefined}
                  />
                ))}
              {onComment && writing !== undefined && writing === lineOf(row) && (
                <CommentBox
                  line={writing}
                  onCancel={() => setWriting(undefined)}
                  onKeep={(text) => {
                    onComment({ path: file.path, line: writing, text })
                    setWriting(undefined)
                  }}
                />
              )}
            </>
          )}
        />
      </div>
    </div>
  )
}

interface RowProps {
  row: DiffRow
  layout: Layout
  code(line: DiffLine): ReactNode
  onWrite: ((line: number) => void) | undefined
}

const GROUNDS = { '+': 'bg-good-soft', '-': 'bg-bad-soft', ' ': '' } as const

function Row({ row, layout, code, onWrite }: RowProps) {
  if (row.kind === 'hunk') {
    return (
      <p className="truncate bg-raised px-3 font-mono text-code text-soft" dir="auto">
        {row.text}
      </p>
    )
  }
  if (layout === 'split') {
    return (
      <div className="grid grid-cols-2">
        <Side line={row.left} number={row.left?.before} code={code} onWrite={undefined} />
        <Side line={row.right} number={row.right?.after} code={code} onWrite={onWrite} />
      </div>
    )
  }
  const line = row.right ?? row.left
  return <Side line={line} number={line?.after ?? line?.before} code={code} onWrite={onWrite} />
}

interface SideProps {
  line: DiffLine | undefined
  number: number | undefined
  code(line: DiffLine): ReactNode
  onWrite: ((line: number) => void) | undefined
}

function Side({ line, number, code, onWrite }: SideProps) {
  if (!line) return <div className="bg-raised" />
  const { after } = line
  return (
    <div className={`group flex min-h-4.5 font-mono text-code ${GROUNDS[line.sign]}`}>
      {onWrite && after !== undefined ? (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the form above the lines does the same by keyboard
        // biome-ignore lint/a11y/noStaticElementInteractions: for the pointer alone
        <span
          title="Comment on this line"
          onClick={() => onWrite(after)}
          className="w-11 shrink-0 cursor-pointer pr-2 text-right text-faint select-none hover:bg-action-soft hover:text-action"
        >
          {number}
        </span>
      ) : (
        <span className="w-11 shrink-0 pr-2 text-right text-faint select-none">{number}</span>
      )}
      <span aria-hidden className="w-3 shrink-0 select-none">
        {line.sign}
      </span>
      <span className="sr-only">{SAID[line.sign]}</span>
      <bdi className="min-w-0 grow whitespace-pre-wrap wrap-anywhere">{code(line)}</bdi>
    </div>
  )
}

const SAID = { '+': 'added: ', '-': 'removed: ', ' ': '' } as const
