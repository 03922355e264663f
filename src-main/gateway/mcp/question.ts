import type { ToolQuestion } from '../port.ts'

// Fields of Claude Code's tools that say what it wants to do, as its `tool_use` events show them.
const SUBJECTS: Readonly<Record<string, { tool: string; field: string }>> = {
  Bash: { tool: 'shell', field: 'command' },
  Edit: { tool: 'edit', field: 'file_path' },
  MultiEdit: { tool: 'edit', field: 'file_path' },
  Write: { tool: 'edit', field: 'file_path' },
  NotebookEdit: { tool: 'edit', field: 'notebook_path' },
  WebFetch: { tool: 'fetch', field: 'url' },
}
// What `printable` of base would take away: C0 but tab and line feed, C1, and what reorders or hides text.
const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * What a tool and its input come to for the person who is asked. Pure. What would steer a terminal is written
 * out (`\u001b`), not taken away: what is allowed is what is run, and an allowance covers exactly that.
 */
export function toolQuestion(name: string, input: Readonly<Record<string, unknown>>): ToolQuestion {
  const known = Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name] : undefined
  const subject = known && input[known.field]
  const why = typeof input['description'] === 'string' ? visible(input['description']) : ''
  return {
    ...(known && typeof subject === 'string'
      ? { tool: known.tool, subject: visible(subject) }
      : { tool: visible(name), subject: visible(JSON.stringify(input)) }),
    ...(why.trim() === '' ? {} : { why }),
    input,
  }
}

const visible = (text: string): string =>
  text.replace(STEERING, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
