import { describe, expect, it } from 'vitest'
import { readRequest } from './codex-permission.ts'

const changes = [{ path: '/work/tree/a.txt' }, { path: '/etc/x' }]
const read = (method: string, params: object = {}) =>
  readRequest(method, params as Record<string, unknown>, {
    worktree: '/work/tree',
    itemOf: (id) => (id === 'i1' ? { changes } : undefined),
  })
const COMMAND = 'item/commandExecution/requestApproval'
const FILES = 'item/fileChange/requestApproval'
const PERMISSIONS = 'item/permissions/requestApproval'
const ELICITATION = 'mcpServer/elicitation/request'

describe('a request of Codex for a permission', () => {
  it('is about the whole command, and the folder when it is another one', () => {
    const command = "/bin/bash -lc 'touch ../x'"
    expect(
      read(COMMAND, { command, cwd: '/work/tree', reason: 'it lies outside' })?.question,
    ).toEqual({ tool: 'shell', subject: 'touch ../x', why: 'it lies outside' })
    expect(read(COMMAND, { command, cwd: '/', reason: null })?.question).toEqual({
      tool: 'shell',
      subject: 'touch ../x\nin /',
    })
    expect(read(COMMAND, { command: 'y', kind: 'writeStdin' })?.question?.subject).toBe(
      'input for a command that runs: y',
    )
    expect(read(COMMAND)?.question?.subject).toMatch(/\w/)
  })

  it('is about an address', () => {
    const networkApprovalContext = { host: 'example.org', protocol: 'https' }
    expect(read(COMMAND, { networkApprovalContext, command: 'curl' })?.question).toEqual({
      tool: 'fetch',
      subject: 'https://example.org',
    })
  })

  it('is about files, which their item named when it began', () => {
    expect(read(FILES, { itemId: 'i1' })?.question).toEqual({
      tool: 'edit',
      subject: 'a.txt\n/etc/x',
    })
    expect(read(FILES, { itemId: 'i1', grantRoot: '/etc' })?.question?.subject).toBe(
      'a.txt\n/etc/x\nand whatever lies below /etc',
    )
    expect(read(FILES, { itemId: 'i2' })?.question?.subject).toMatch(/\w/)
  })

  it('is answered for this one time', () => {
    for (const method of [COMMAND, FILES]) {
      expect(read(method)?.result('allow')).toEqual({ decision: 'accept' })
      // `cancel` would end the turn.
      expect(read(method)?.result('deny')).toEqual({ decision: 'decline' })
    }
  })

  it('is about permissions: what was asked for is granted for the turn, or nothing', () => {
    const permissions = { network: { enabled: true }, fileSystem: null }
    const request = read(PERMISSIONS, { permissions, reason: 'to install' })
    expect(request?.question).toEqual({
      tool: 'permissions',
      subject: '{"network":{"enabled":true}}',
      why: 'to install',
    })
    expect(request?.result('allow')).toEqual({
      permissions: { network: { enabled: true } },
      scope: 'turn',
    })
    expect(request?.result('deny')).toEqual({ permissions: {}, scope: 'turn' })
  })

  it('is about a tool of a server of the user’s', () => {
    const _meta = { codex_approval_kind: 'mcp_tool_call', tool_name: 'drop', tool_params: { a: 1 } }
    const request = read(ELICITATION, { serverName: 'db', message: 'Allow it?', _meta })
    expect(request?.question).toEqual({ tool: 'db.drop', subject: 'Allow it?\n{"a":1}' })
    expect(request?.result('allow')).toEqual({ action: 'accept', content: {}, _meta: null })
    expect(request?.result('deny')).toMatchObject({ action: 'decline' })
  })

  it('is declined, with a word to the reader, where only a person at a terminal could answer', () => {
    const form = read(ELICITATION, { serverName: 'db', message: 'Your password?', _meta: null })
    expect(form).toMatchObject({ unasked: expect.stringContaining('Your password?') })
    expect(form?.question).toBeUndefined()
    expect(form?.result('allow')).toMatchObject({ action: 'decline' })
    const input = read('item/tool/requestUserInput', {
      questions: [{ id: 'q', question: 'Which?' }],
    })
    expect(input).toMatchObject({ unasked: expect.stringContaining('Which?') })
    expect(input?.result('deny')).toEqual({ answers: { q: { answers: [expect.any(String)] } } })
  })

  it('is none, whatever it is called', () => {
    for (const method of [
      'item/tool/call',
      'attestation/generate',
      'constructor',
      '__proto__',
      '',
    ]) {
      expect(read(method)).toBeUndefined()
    }
  })

  it('hides nothing', () => {
    const command = "/bin/bash -lc 'a\u202eb'"
    expect(read(COMMAND, { command, cwd: '/\u001b', reason: '\u0007' })?.question).toEqual({
      tool: 'shell',
      subject: 'a\\u{202e}b\nin /\\u{1b}',
      why: '\\u{7}',
    })
  })
})
