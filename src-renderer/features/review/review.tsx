import { Columns2, Rows2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { FileDiff, Session, Task } from '../../../src-shared/contract/index.ts'
import { focus, useFocus, usePreference, useProjection } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { EvidenceList } from '../../ui/evidence/evidence-list.tsx'
import { Select } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import type { Layout } from './diff-rows.ts'
import { DiffView } from './diff-view.tsx'
import { FilePicker } from './file-picker.tsx'
import { ReviewFooter } from './review-footer.tsx'
import { byRisk, isDeferred } from './risk.ts'
import { useComments } from './use-comments.ts'
import { useDiff } from './use-diff.ts'

/** The changes of the task that is chosen, or of the whole session. */
export function Review() {
  const id = useFocus((state) => state.session)
  const taskId = useFocus((state) => state.task)
  const session = useProjection(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  if (!session) return null
  const task = session.tasks.find((one) => one.id === taskId)
  return (
    <div className="flex h-full flex-col">
      <What session={session} task={task} />
      <Changes key={taskId ?? 'all'} session={session} task={task} />
    </div>
  )
}

const EVERYTHING = ''
const isLayout = (value: unknown): value is Layout => value === 'unified' || value === 'split'
const useLayout = () => usePreference<Layout>('review.layout', 'unified', isLayout)

function What({ session, task }: { session: Session; task: Task | undefined }) {
  const [layout, setLayout] = useLayout()
  return (
    <div className="flex shrink-0 items-center gap-1 border-b p-2">
      <Select
        aria-label="Changes of"
        value={task?.id ?? EVERYTHING}
        onChange={(id) => focus.task(id === EVERYTHING ? undefined : id)}
        options={[
          { value: EVERYTHING, label: 'Everything that is merged' },
          ...session.tasks.map(({ id, title }) => ({ value: id, label: title.slice(0, 80) })),
        ]}
      />
      <IconButton
        label="One below the other"
        icon={Rows2}
        pressed={layout === 'unified'}
        onClick={() => setLayout('unified')}
      />
      <IconButton
        label="Side by side"
        icon={Columns2}
        pressed={layout === 'split'}
        onClick={() => setLayout('split')}
      />
    </div>
  )
}

function Changes({ session, task }: { session: Session; task: Task | undefined }) {
  const { files, error } = useDiff(session, task)
  const [chosen, setChosen] = useState<string>()
  const sorted = useMemo(() => byRisk(files ?? []), [files])
  const file = sorted.find(({ path }) => path === chosen) ?? sorted[0]
  if (error) {
    return (
      <div className="p-3">
        <ErrorNotice error={error} />
      </div>
    )
  }
  if (!files) {
    return (
      <div className="p-3">
        <Spinner label="Reading the changes …" />
      </div>
    )
  }
  return (
    <>
      {file ? (
        <>
          <FilePicker files={sorted} chosen={file.path} onChoose={setChosen} />
          <OneFile key={file.path} file={file} task={task} />
        </>
      ) : (
        <div className="grow">
          <Empty
            title="No changes yet"
            text={
              task
                ? 'What this task changes will be here, the riskiest file first.'
                : 'What is merged will be here, the riskiest file first.'
            }
          />
        </div>
      )}
      {task && task.evidence.length > 0 && (
        <div className="max-h-28 shrink-0 overflow-y-auto border-t px-3 py-2">
          <EvidenceList evidence={task.evidence.slice(-SHOWN_EVIDENCE)} />
        </div>
      )}
      {task && <ReviewFooter task={task} />}
    </>
  )
}

// The checks of the last tries; all of them are on the timeline.
const SHOWN_EVIDENCE = 4

function OneFile({ file, task }: { file: FileDiff; task: Task | undefined }) {
  const [layout] = useLayout()
  const [isAsked, setAsked] = useState(false)
  const { comments, add, remove } = useComments(task?.id ?? 'none')
  if (file.binary || file.hunks === undefined) {
    return (
      <div className="min-h-0 grow">
        <Empty
          title={file.binary ? 'Not text' : 'Too large to show'}
          text="It is part of the change all the same; look at it in the task’s folder."
        />
      </div>
    )
  }
  if (isDeferred(file) && !isAsked) {
    return (
      <div className="min-h-0 grow">
        <Empty
          title="Generated, or very long"
          text={`${file.added + file.removed} lines differ.`}
          action={<Button onClick={() => setAsked(true)}>Show it</Button>}
        />
      </div>
    )
  }
  return (
    <div className="min-h-0 grow">
      <DiffView
        file={file}
        layout={layout}
        comments={comments}
        onComment={task ? add : undefined}
        onRemove={task ? remove : undefined}
      />
    </div>
  )
}
