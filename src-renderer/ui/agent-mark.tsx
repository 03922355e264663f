import { classNames } from './class-names.ts'

interface AgentLook {
  glyph: string
  name: string
  /** The colour of its text. */
  className: string
}

const KNOWN: Readonly<Record<string, AgentLook>> = {
  codex: { glyph: '◇', name: 'Codex', className: 'text-codex' },
  claude: { glyph: '✳', name: 'Claude', className: 'text-claude' },
  gemini: { glyph: '✦', name: 'Gemini', className: 'text-gemini' },
  'rehearsal-teal': { glyph: '◆', name: 'Teal (rehearsal)', className: 'text-codex' },
  'rehearsal-amber': { glyph: '▲', name: 'Amber (rehearsal)', className: 'text-claude' },
  'rehearsal-violet': { glyph: '■', name: 'Violet (rehearsal)', className: 'text-gemini' },
}

// Told apart without colour, and from those above.
const GLYPHS = ['●', '⬟', '⬢', '★', '✚', '▼', '◐', '✱']

/** How an agent is shown, by its id or, as commits have it, its name: the same glyph and colour everywhere. */
export function agentLook(id: string): AgentLook {
  const known =
    KNOWN[
      id
        .toLowerCase()
        .replaceAll(' ', '-')
        .replace(/-(cli|code)$/, '')
    ]
  if (known) return known
  let sum = 0
  for (const character of id) sum = (31 * sum + (character.codePointAt(0) ?? 0)) % GLYPHS.length
  return { glyph: GLYPHS[sum] ?? '●', name: id, className: 'text-other' }
}

interface AgentMarkProps {
  agent: string
  hideName?: boolean
}

export function AgentMark({ agent, hideName }: AgentMarkProps) {
  const { glyph, name, className } = agentLook(agent)
  return (
    <span className={classNames('inline-flex min-w-0 items-center gap-1', className)}>
      <span aria-hidden className="inline-block w-3.5 shrink-0 text-center">
        {glyph}
      </span>
      <span className={hideName ? 'sr-only' : 'truncate'}>{name}</span>
    </span>
  )
}
