/** A `.gitattributes` file of a tree. */
export interface AttributesFile {
  path: string
  text: string
}

// What decides how a file is merged. Named here first, no `.gitattributes` of either side has a say in it:
// info/attributes goes before all of them, and "unspecified" is a value too (gitattributes(5)).
const RESET = '* !merge !conflict-marker-size'

/**
 * All `.gitattributes` of a tree as one text for `info/attributes`: patterns of deeper folders get their
 * folder in front and stand later, where they win.
 */
export function flattenAttributes(files: readonly AttributesFile[]): string {
  const depth = (file: AttributesFile) => file.path.split('/').length
  const lines = files
    .toSorted((a, b) => depth(a) - depth(b))
    .flatMap(({ path, text }) => linesOf(path.slice(0, -'.gitattributes'.length), text))
  return `${[RESET, ...lines].join('\n')}\n`
}

/** `folder` is empty or ends with a slash. */
function linesOf(folder: string, text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    if (folder === '') return [trimmed]
    const [, quotedPattern, pattern, attributes = ''] =
      /^(?:"((?:[^"\\]|\\.)*)"|(\S+))(\s.*)?$/.exec(trimmed) ?? []
    const plain = quotedPattern === undefined ? pattern : unquote(quotedPattern)
    // Macros may be defined at the top only, and a pattern cannot be negated.
    if (!plain || plain.startsWith('[attr]') || plain.startsWith('!')) return []
    return [`${quote(place(folder, plain))}${attributes}`]
  })
}

function place(folder: string, pattern: string): string {
  const above = folder.replace(/[*?[\\]/g, '\\$&')
  // A pattern without a slash but at its end matches at any depth below its folder.
  if (!pattern.slice(0, -1).includes('/')) return `${above}**/${pattern}`
  return above + pattern.replace(/^\/+/, '')
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

// git's C-style quoting (quote.c), octal for bytes.
function unquote(text: string): string {
  return text.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code),
  )
}

function quote(pattern: string): string {
  if (!/["\s]/.test(pattern)) return pattern
  return `"${pattern.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`
}
