import { common, createLowlight } from 'lowlight'

const lowlight = createLowlight(common)

type Node = ReturnType<typeof lowlight.highlight>['children'][number]

// A longer line is data: colours would cost more than they tell.
const MAX_LINE = 1_000

const ENDINGS: Readonly<Record<string, string>> = {
  mjs: 'javascript',
  cjs: 'javascript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'typescript',
  jsx: 'javascript',
  yml: 'yaml',
  htm: 'xml',
  html: 'xml',
  svg: 'xml',
  toml: 'ini',
  sh: 'bash',
}

/** The language of a file by its ending; undefined for one that is not known. */
export function languageOf(path: string): string | undefined {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  const name = ENDINGS[ending] ?? ending
  return lowlight.registered(name) ? name : undefined
}

/** Pieces of a line, each with what it is (`keyword`, `string`, …). */
export interface Piece {
  text: string
  kind?: string
}

/** Each line by itself: a comment or string over several lines is coloured only where it begins. */
export function highlight(text: string, language: string): Piece[] {
  if (text.length > MAX_LINE) return [{ text }]
  return lowlight.highlight(language, text).children.flatMap((node) => piecesOf(node))
}

function piecesOf(node: Node, kind?: string): Piece[] {
  if (node.type === 'text') return [{ text: node.value, ...(kind === undefined ? {} : { kind }) }]
  if (node.type !== 'element') return []
  const names = node.properties['className']
  const own = Array.isArray(names) ? String(names[0]).replace('hljs-', '') : kind
  return node.children.flatMap((child) => piecesOf(child, own))
}
