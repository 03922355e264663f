import { useEffect, useState } from 'react'
import { attach } from '../../base/index.ts'
import { plainLines } from '../../ui/evidence/plain-lines.ts'
import { VirtualList } from '../../ui/virtual-list.tsx'

// One code line of the tokens.
const LINE_PX = 18

/** What a run did, as text: to be read out, searched by the browser, and copied without a terminal. */
export function TranscriptView({ run, label }: { run: string; label: string }) {
  const [text, setText] = useState('')
  useEffect(() => {
    const decoder = new TextDecoder()
    let all = ''
    let isDue = false
    const show = () => {
      isDue = false
      setText(all)
    }
    const attachment = attach(
      run,
      { view: 'readable', from: 0 },
      {
        onBytes(bytes, parsed) {
          all += decoder.decode(bytes, { stream: true })
          parsed()
          if (!isDue) requestAnimationFrame(show)
          isDue = true
        },
      },
    )
    return () => attachment.close()
  }, [run])
  const lines = plainLines(text)
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
