import { describe, expect, it } from 'vitest'
import { flattenAttributes } from './attributes.ts'

const RESET = '* !merge !conflict-marker-size'

describe('attributes of a tree as one text', () => {
  it('starts by taking every say from the files of either side', () => {
    expect(flattenAttributes([])).toBe(`${RESET}\n`)
  })

  it('puts folders in front of patterns, deeper files later', () => {
    const text = flattenAttributes([
      { path: 'a/b/.gitattributes', text: '*.z -merge\n/top merge=union\nin/ner text\n' },
      { path: 'a [1]/.gitattributes', text: '* merge=union' },
      { path: '.gitattributes', text: '# comment\n\n*.png binary\r\n[attr]own -merge\n' },
    ])
    expect(text.split('\n')).toEqual([
      RESET,
      '*.png binary',
      '[attr]own -merge',
      '"a \\\\[1]/**/*" merge=union',
      'a/b/**/*.z -merge',
      'a/b/top merge=union',
      'a/b/in/ner text',
      '',
    ])
  })

  it('drops below the top what git takes only there, and keeps quoted patterns quoted', () => {
    const text = flattenAttributes([
      {
        path: 'd/.gitattributes',
        text: '[attr]m merge=union\n!x merge=union\n"a b\\"\\303\\244" text\n',
      },
    ])
    expect(text.split('\n')).toEqual([RESET, '"d/**/a b\\"\u00c3\u00a4" text', ''])
  })
})
