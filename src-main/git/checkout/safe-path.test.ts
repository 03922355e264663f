import { describe, expect, it } from 'vitest'
import { rawPath } from './raw-path.ts'
import { assertSafePath } from './safe-path.ts'

const raw = (path: string) => rawPath(Buffer.from(path))

describe('assertSafePath', () => {
  it.each([
    '',
    '/a',
    'a//b',
    'a/',
    '.',
    '../a',
    'a/../b',
    '.git',
    '.git/hooks/x',
    'a/.GIT/config',
    'GIT~1/config',
    'git~2',
    '.git./x',
    '.git /x',
    '.git::$INDEX_ALLOCATION/x',
    '.g\u200cit/config',
    '\ufeff.git',
  ])('refuses %j', (path) => {
    expect(() => assertSafePath(raw(path))).toThrow('has the path')
  })

  it.each(['a', '.gitignore', '.github/x', 'git', 'a.git/b', '...', 'ü/ñ', 'git~a', ' .git x'])(
    'allows %j',
    (path) => {
      expect(() => assertSafePath(raw(path))).not.toThrow()
    },
  )
})
