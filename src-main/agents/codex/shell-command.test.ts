import { describe, expect, it } from 'vitest'
import { readCommand, visible } from './shell-command.ts'

describe('a command in the shell that Codex puts around it', () => {
  it.each([
    ["/bin/bash -lc 'touch ../x y'", 'touch ../x y'],
    ['/bin/bash -lc ls', 'ls'],
    ["/usr/bin/zsh -c 'a'", 'a'],
    ["sh -lc 'two\nlines'", 'two\nlines'],
    [`bash -lc "echo 'a' \\"b\\" \\$c \\\\"`, `echo 'a' "b" $c \\`],
    [`/bin/bash -lc 'it'"'"'s'`, "it's"],
    ["/bin/bash -lc ''", ''],
  ])('is read out of %j', (text, command) => {
    expect(readCommand(text)).toBe(command)
  })

  it.each([
    "/tmp/bin/bash -lc 'ls'",
    '/bin/bash -lc ls -l',
    "/bin/bash -lc 'ls' extra",
    "/bin/bash -ic 'ls'",
    "/bin/bash -lc 'open",
    '/bin/bash -lc "a $(b)"',
    '/bin/bash -lc "a `b`"',
    '/bin/bash -lc a;b',
    '/bin/bash -lc $X',
    "python3 -c 'x'",
    'pwsh -Command ls',
  ])('is left whole where it is not beyond doubt: %j', (text) => {
    expect(readCommand(text)).toBe(text)
  })
})

describe('what is shown of a command', () => {
  it('hides nothing: what would not be seen is written out', () => {
    expect(visible('ä\tb\n€😀')).toBe('ä\tb\n€😀')
    expect(visible('rm \u202ex\u001b[2K\u0007')).toBe('rm \\u{202e}x\\u{1b}[2K\\u{7}')
    expect(readCommand("/bin/bash -lc 'a\rb'")).toBe('a\\u{d}b')
  })
})
