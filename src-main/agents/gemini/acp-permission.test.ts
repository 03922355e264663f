import { describe, expect, it } from 'vitest'
import { readPermission } from './acp-permission.ts'

const OPTIONS = [
  { optionId: 'proceed_always', kind: 'allow_always' },
  { optionId: 'proceed_once', kind: 'allow_once' },
  { optionId: 'cancel', kind: 'reject_once' },
]
const read = (toolCall: object, options: unknown = OPTIONS) =>
  readPermission({ toolCall, options }, '/work/tree')
const text = (words: string) => [{ type: 'content', content: { type: 'text', text: words } }]
const shell = { toolCallId: 'run_shell_command__1', title: 'rm -r x', kind: 'execute' }
const edit = (...paths: string[]) => ({
  toolCallId: 'write_file__1',
  title: 'Writing',
  kind: 'edit',
  content: paths.map((path) => ({ type: 'diff', path, oldText: '', newText: 'x' })),
  locations: paths.map((path) => ({ path })),
})

describe('the answer to a permission request', () => {
  it('holds for this one request only', () => {
    const { outcome } = read(shell)
    expect(outcome('allow')).toEqual({ outcome: 'selected', optionId: 'proceed_once' })
    expect(outcome('deny')).toEqual({ outcome: 'selected', optionId: 'cancel' })
  })

  it('is a cancel, where what is meant is not among the options', () => {
    const always = [{ optionId: 'proceed_always', kind: 'allow_always' }]
    for (const options of [always, [], undefined, [{ kind: 'allow_once' }]]) {
      expect(read(shell, options ?? null).outcome('allow')).toEqual({ outcome: 'cancelled' })
    }
  })
})

describe('a permission request', () => {
  it('is a question about the whole command, the files, or the tool', () => {
    expect(read({ ...shell, content: text('[in /work] (tidy up)') }).question).toEqual({
      tool: 'shell',
      subject: 'rm -r x',
      why: '[in /work] (tidy up)',
    })
    expect(read(edit('/etc/a', '/etc/b')).question).toEqual({
      tool: 'edit',
      subject: '/etc/a\n/etc/b',
      why: 'Writing',
    })
    const fetch = { toolCallId: 'web_fetch__1', title: 'Fetch http://x', kind: 'fetch' }
    expect(read(fetch).question).toEqual({ tool: 'fetch', subject: 'Fetch http://x' })
    const other = { toolCallId: 'mcp_db_drop__1', title: 'drop (db MCP Server)', kind: 'other' }
    expect(read({ ...other, content: text('{"all":true}') }).question).toEqual({
      tool: 'mcp_db_drop',
      subject: 'drop (db MCP Server)\n{"all":true}',
    })
    expect(read({}).question).toEqual({ tool: 'tool', subject: '' })
  })

  it('shows nothing that steers a terminal', () => {
    const evil = '\u001b[2Jrm \u202ex\u0007'
    const { question } = read({ ...shell, title: evil, content: text(evil) })
    expect(question).toEqual({ tool: 'shell', subject: 'rm x', why: 'rm x' })
  })

  it('is settled for edits inside the worktree, and for those alone', () => {
    expect(
      read(edit('/work/tree/package.json', '/work/tree/a/.git', '/work/tree/..a')).settled,
    ).toBe('allow')
    for (const paths of [
      ['/work/tree/a', '/work/other'],
      ['/work/tree/../other'],
      ['/work/tree'],
      ['/work/treehouse/a'],
      ['/work/tree/.git/hooks/pre-commit'],
      ['/work/tree/.Gemini/settings.json'],
      ['/work/tree/.env'],
      ['a'],
      [],
    ]) {
      expect(read(edit(...paths)).settled).toBeUndefined()
    }
    expect(read({ ...shell, locations: [{ path: '/work/tree/a' }] }).settled).toBeUndefined()
  })

  it('is settled for our own tools, whatever another calls itself', () => {
    const title = 'recall (thalogos MCP Server)'
    const own = { toolCallId: 'mcp_thalogos_recall__1', title, kind: 'other' }
    expect(read(own).settled).toBe('allow')
    const approve = { ...own, toolCallId: 'mcp_thalogos_approve__1' }
    expect(read({ ...approve, title: 'approve (thalogos MCP Server)' }).settled).toBe('deny')
    expect(read({ ...own, toolCallId: 'mcp_evil_run__1' }).settled).toBeUndefined()
    expect(read({ ...own, toolCallId: 'mcp_thalogos_recall' }).settled).toBeUndefined()
    expect(read({ ...own, title: 'recall (thalogos_x MCP Server)' }).settled).toBeUndefined()
    expect(read({ ...shell, title }).settled).toBeUndefined()
  })

  it('is settled for its list of things to do, and against its plan mode', () => {
    expect(read({ toolCallId: 'write_todos__1', title: 'Set 1 todo(s)' }).settled).toBe('allow')
    expect(read({ toolCallId: 'enter_plan_mode__1', title: 'Plan' }).settled).toBe('deny')
  })
})
