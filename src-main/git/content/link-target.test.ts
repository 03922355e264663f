import { describe, expect, it } from 'vitest'
import { leavesTree } from './link-target.ts'

const leaves = (links: Record<string, string>, path = Object.keys(links)[0] ?? '') =>
  leavesTree(path, new Map(Object.entries(links)))

describe('where a link leads', () => {
  it.each([
    ['a', 'b'],
    ['a', './b/../c'],
    ['deep/er/a', '../../b'],
    ['deep/a', '..'],
    ['a', '.'],
    ['a', 'git/.github/x'],
    ['a', ''],
  ])('%s to %s stays inside', (path, target) => {
    expect(leaves({ [path]: target })).toBe(false)
  })

  it.each([
    ['a', '..'],
    ['a', '../b'],
    ['deep/a', '../../b'],
    ['deep/a', 'x/../../../b'],
    ['a', '/etc/passwd'],
    ['a', 'C:\\Windows'],
    ['a', 'c:relative'],
    ['a', '\\\\server\\share'],
    ['a', '..\\b'],
    ['a', '.git/config'],
    ['deep/a', '../.GIT/hooks/x'],
  ])('%s to %s leaves', (path, target) => {
    expect(leaves({ [path]: target })).toBe(true)
  })

  it('is followed through other links, where a step up is not what it looks like', () => {
    expect(leaves({ 'x/y/a': 'up/../b', 'x/y/up': '../..' })).toBe(true)
    expect(leaves({ 'x/y/a': 'up/b', 'x/y/up': '../..' })).toBe(false)
    expect(leaves({ a: 'b/c', b: '/outside' })).toBe(true)
    expect(leaves({ a: 'down/../../d', down: 'one/two/three' })).toBe(false)
  })

  it('ends for links in a circle', () => {
    expect(leaves({ a: 'b', b: 'a' })).toBe(false)
    expect(leaves({ a: 'a/a/a' })).toBe(false)
  })
})
