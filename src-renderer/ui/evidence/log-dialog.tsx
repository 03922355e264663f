import { useEffect, useState } from 'react'
import { type ApiError, bytes } from '../../base/index.ts'
import { Dialog } from '../dialog.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { Spinner } from '../spinner.tsx'
import { VirtualList } from '../virtual-list.tsx'
import { plainLines } from './plain-lines.ts'

interface LogDialogProps {
  title: string
  command: string
  /** Of the artifact that holds it. */
  hash: string
  onClose(): void
}

// One code line of the tokens.
const LINE_PX = 18

/** What a command printed, as text. */
export function LogDialog({ title, command, hash, onClose }: LogDialogProps) {
  const [text, setText] = useState<string>()
  const [error, setError] = useState<ApiError>()
  useEffect(() => {
    void bytes(`/api/artifacts/${encodeURIComponent(hash)}`).then((read) =>
      read.ok ? setText(new TextDecoder().decode(read.value)) : setError(read.error),
    )
  }, [hash])
  return (
    <Dialog open onOpenChange={onClose} title={title} description={<code>{command}</code>} wide>
      {error && <ErrorNotice error={error} />}
      {!error && text === undefined && <Spinner label="Reading the log …" />}
      {text === '' && <p className="text-soft">It printed nothing.</p>}
      {text !== undefined && text !== '' && (
        <div className="h-[60vh] rounded border bg-ground py-1">
          <VirtualList
            label={title}
            items={plainLines(text)}
            keyOf={({ n }) => n}
            rowHeight={LINE_PX}
            render={(line) => (
              <p className="min-h-4.5 px-2 font-mono text-code whitespace-pre-wrap wrap-anywhere">
                {line.text}
              </p>
            )}
          />
        </div>
      )}
    </Dialog>
  )
}
