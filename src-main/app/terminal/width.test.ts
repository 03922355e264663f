import { describe, expect, it } from 'vitest'
import { cutTo, fit, widthOf } from './width.ts'

describe('widthOf', () => {
  it.each([
    ['plain', 5],
    ['naïve', 5],
    ['e\u0301', 1],
    ['字幕', 4],
    ['👩‍👩‍👧', 2],
    ['🇨🇭', 2],
    ['✅', 2],
    ['✓', 1],
    ['שלום', 4],
    ['\u200b', 0],
    ['', 0],
  ])('counts the cells of %s', (text, cells) => {
    expect(widthOf(text)).toBe(cells)
  })
})

describe('fit', () => {
  it('pads and cuts to exactly the cells, never through a character', () => {
    expect(fit('ab', 4)).toBe('ab  ')
    expect(fit('abcdef', 4)).toBe('abc…')
    expect(fit('字字字', 4)).toBe('字… ')
    expect(fit('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…')
    expect(fit('abc', 0)).toBe('')
  })
})

describe('cutTo', () => {
  it('leaves what fits as it is', () => {
    expect(cutTo('abc', 3)).toBe('abc')
    expect(cutTo('abc', 1)).toBe('…')
  })
})
