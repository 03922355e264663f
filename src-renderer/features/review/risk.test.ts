import { describe, expect, it } from 'vitest'
import type { FileStat } from '../../../src-shared/contract/index.ts'
import { byRisk, isDeferred, riskOf } from './risk.ts'

const file = (path: string, more: Partial<FileStat> = {}): FileStat => ({
  path,
  status: 'modified',
  added: 3,
  removed: 1,
  binary: false,
  oldMode: '100644',
  newMode: '100644',
  ...more,
})

describe('the risk of a change', () => {
  it.each([
    ['.github/workflows/ci.yml', 'high'],
    ['.thalogos.json', 'high'],
    ['packages/a/package.json', 'high'],
    ['scripts/deploy.sh', 'high'],
    ['src/auth/session.ts', 'high'],
    ['src/list.ts', 'normal'],
    ['test/list.test.ts', 'normal'],
    ['package-lock.json', 'high'],
    ['build/release.sh', 'high'],
    ['build/package.json', 'high'],
    ['.npmrc', 'high'],
    ['AGENTS.md', 'high'],
    ['src/authors.ts', 'normal'],
    ['vendor/lib/package.json', 'low'],
    ['dist/app.js', 'low'],
    ['web/app.min.js', 'low'],
  ])('of %s is %s', (path, level) => {
    expect(riskOf(file(path)).level).toBe(level)
  })

  it('is high for what is not seen in the lines: links, modes, tests that shrink, files that go', () => {
    expect(riskOf(file('a', { newMode: '120000' })).reason).toBe('a link')
    expect(riskOf(file('lib', { newMode: '160000' })).reason).toBe('points at another repository')
    expect(riskOf(file('vendor/a', { newMode: '100755' })).level).toBe('high')
    expect(riskOf(file('a', { newMode: '100755' })).reason).toBe('becomes executable')
    expect(riskOf(file('a.test.ts', { added: 0, removed: 9 })).reason).toBe('tests are taken away')
    expect(riskOf(file('a.ts', { status: 'deleted' })).level).toBe('high')
  })

  it('orders files: the riskiest first, then the larger, then by name', () => {
    const files = [
      file('dist/a.js'),
      file('b.ts'),
      file('a.ts'),
      file('c.ts', { added: 50 }),
      file('Makefile'),
    ]
    expect(byRisk(files).map(({ path }) => path)).toEqual([
      'Makefile',
      'c.ts',
      'a.ts',
      'b.ts',
      'dist/a.js',
    ])
  })

  it('lets what is generated or very long wait until it is asked for', () => {
    expect(isDeferred(file('dist/a.js'))).toBe(true)
    expect(isDeferred(file('package-lock.json'))).toBe(true)
    expect(isDeferred(file('a.ts', { added: 50_000 }))).toBe(true)
    expect(isDeferred(file('a.ts'))).toBe(false)
  })
})
