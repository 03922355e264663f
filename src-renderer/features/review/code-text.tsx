import { useEffect, useState } from 'react'

type Highlight = typeof import('./highlight.ts')

let loaded: Highlight | undefined
let loading: Promise<Highlight> | undefined

/** Colours for code, once they have come; until then, and without them, the text is plain. */
export function useHighlight(): Highlight | undefined {
  const [, redraw] = useState(0)
  useEffect(() => {
    if (loaded) return
    loading ??= import('./highlight.ts')
    void loading.then((highlight) => {
      loaded = highlight
      redraw((n) => n + 1)
    })
  }, [])
  return loaded
}

const COLOURS: Readonly<Record<string, string>> = {
  keyword: 'text-gemini',
  built_in: 'text-gemini',
  literal: 'text-gemini',
  string: 'text-claude',
  regexp: 'text-claude',
  number: 'text-codex',
  comment: 'text-faint italic',
  title: 'text-action',
  attr: 'text-action',
  name: 'text-action',
  property: 'text-action',
}

interface CodeTextProps {
  text: string
  language: string | undefined
  highlight: Highlight | undefined
}

/** A line of code. */
export function CodeText({ text, language, highlight }: CodeTextProps) {
  if (!highlight || language === undefined) return text
  return highlight.highlight(text, language).map(({ text: part, kind }, index) => (
    <span key={index} className={kind === undefined ? undefined : COLOURS[kind]}>
      {part}
    </span>
  ))
}
