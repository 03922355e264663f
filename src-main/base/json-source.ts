import { findNodeAtLocation, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'

/** Anything with zod's `safeParse`; base knows no schema library. */
interface Schema<T> {
  safeParse(value: unknown):
    | { success: true; data: T }
    | {
        success: false
        error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }
      }
}

/** Where a text is not what it should be: the key as a path (`checks.0.run`), the line from 1. */
export interface JsonFault {
  key: string
  line: number
  message: string
}

/** Reads JSON that a person wrote and says which key on which line is wrong. Comments are allowed. */
export function parseJsonSource<T>(
  text: string,
  schema: Schema<T>,
): { ok: true; value: T } | { ok: false; fault: JsonFault } {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  const [error] = errors
  if (error || !root) {
    const message = error ? printParseErrorCode(error.error) : 'the file is empty'
    return { ok: false, fault: { key: '', line: lineAt(error?.offset ?? 0), message } }
  }
  const parsed = schema.safeParse(readValue(root))
  if (parsed.success) return { ok: true, value: parsed.data }
  const issue = parsed.error.issues[0]
  const path = (issue?.path ?? []).map((part) => (typeof part === 'symbol' ? String(part) : part))
  const node = nearest(root, path)
  return {
    ok: false,
    fault: {
      key: path.join('.'),
      line: lineAt(node.offset),
      message: issue?.message ?? 'not as expected',
    },
  }
}

type Node = NonNullable<ReturnType<typeof parseTree>>

/** The value of a node, with `__proto__` as a plain key. */
function readValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(readValue)
  if (node.type !== 'object') return node.value
  return Object.fromEntries(
    (node.children ?? []).map(({ children: [key, value] = [] }) => [
      String(key?.value),
      value ? readValue(value) : undefined,
    ]),
  )
}

/** The node of the path, or of the longest part of it that the text has. */
function nearest(root: Node, path: (string | number)[]): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, length))
    if (node) return node.parent?.type === 'property' ? node.parent : node
  }
  return root
}
