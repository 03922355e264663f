import xterm from '@xterm/headless'
import { describe, expect, it } from 'vitest'
import { harden } from './hardening.ts'

function open() {
  const terminal = new xterm.Terminal({ cols: 20, rows: 5, scrollback: 50, allowProposedApi: true })
  harden(terminal)
  const show = (bytes: string) =>
    new Promise<string[]>((resolve) => {
      terminal.write(bytes, () =>
        resolve(
          Array.from(
            { length: terminal.rows },
            (_, row) =>
              terminal.buffer.active
                .getLine(terminal.buffer.active.baseY + row)
                ?.translateToString(true) ?? '',
          ).filter(Boolean),
        ),
      )
    })
  return { terminal, show }
}

describe('a hardened terminal', () => {
  // Each of these holds the parser for minutes when it is done as often as it says.
  it.each(['L', 'M', 'S', 'T', 'b', '@', 'P', 'X', 'I', 'Z'])(
    'does not do ESC[2147483647%s, and shows what follows',
    async (final) => {
      const { show } = open()
      expect(await show(`a\u001b[2147483647${final}\r\nnext`)).toContain('next')
    },
  )

  it('does what a program may mean: to insert, delete and scroll a few lines', async () => {
    const { show } = open()
    expect(await show('one\r\ntwo\r\nthree\u001b[2;1H\u001b[1M')).toEqual(['one', 'three'])
    expect(await show('\u001b[1L')).toEqual(['one', 'three'])
  })

  it('gives nothing to the clipboard, changes no colour, and answers no question about them', async () => {
    const { terminal, show } = open()
    const answers: string[] = []
    terminal.onData((data) => answers.push(data))
    expect(
      await show(
        '\u001b]52;c;aGVsbG8=\u0007\u001b]10;?\u0007\u001b]11;red\u0007\u001b]4;1;?\u0007ok',
      ),
    ).toEqual(['ok'])
    expect(answers).toEqual([])
  })

  it('goes on after a string of megabytes that has an end', async () => {
    const { show } = open()
    expect(
      await show(
        `\u001b]0;${'x'.repeat(3_000_000)}\u0007\u001bP${'y'.repeat(1_000_000)}\u001b\\ok`,
      ),
    ).toEqual(['ok'])
  })
})
