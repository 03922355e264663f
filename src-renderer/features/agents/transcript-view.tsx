import { useEffect, useMemo, useState } from 'react'
import { attach } from '../../base/index.ts'
import { plainLines } from '../../ui/evidence/plain-lines.ts'
import { VirtualList } from '../../ui/virtual-list.tsx'

// The last of it, about 20,000 lines: the whole is in the file that the gateway gives out.
const MOST_CHARACTERS = 1_500_000
// Text of a moment is laid out once.
const SHOW_MS = 200
// One code line of the tokens.
const LINE_PX = 18

/** What a run did, as text: to be read out, searched by the browser, and copied without a terminal. */
export function TranscriptView({ run, label }: { run: string; label: string }) {
  const [text, setText] = useState('')
  useEffect(() => {
    const decoder = new TextDecoder()
    let all = ''
    let due: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      due = undefined
      setText(all)
    }
    const attachment = attach(
      run,
      { view: 'readable', from: 0 },
      {
        onBytes(bytes, parsed) {
          all = (all + decoder.decode(bytes, { stream: true })).slice(-MOST_CHARACTERS)
          parsed()
          due ??= setTimeout(show, SHOW_MS)
        },
      },
    )
    return () => {
      clearTimeout(due)
      attachment.close()
    }
  }, [run])
  const lines = useMemo(() => plainLines(text), [text])
  return (
    <VirtualList
      label={label}
      items={lines}
      keyOf={({ n }) => n}
      rowHeight={LINE_PX}
      render={(line) => (
        <p
          dir="auto"
          className="min-h-4.5 px-3 font-mono text-code whitespace-pre-wrap wrap-anywhere"
        >
          {line.text}
        </p>
      )}
    />
  )
}
