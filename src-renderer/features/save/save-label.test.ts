import { describe, expect, it } from 'vitest'
import type { SavePreview, Session } from '../../../src-shared/contract/index.ts'
import { detailsOf } from './details.ts'
import { saveLabel } from './save-label.ts'

const commit = (task: string) => ({ task }) as SavePreview['commits'][number]
const preview = (more: Partial<SavePreview> = {}) =>
  ({
    commits: [commit('a'), commit('a'), commit('b')],
    evidence: [{}],
    files: [],
    ...more,
  }) as SavePreview
const session = { target: 'main' } as Session

describe('what Save says', () => {
  it('is what it would do', () => {
    expect(saveLabel(preview(), session)).toEqual({ text: 'Save 2 tasks → main', isReady: true })
    expect(saveLabel(preview({ evidence: [] }), session).text).toBe('Check and save 2 tasks → main')
  })

  it('is why it cannot', () => {
    const refused = (code: string, details?: unknown) =>
      saveLabel(preview({ refusal: { code, message: '', details } as never }), session)
    expect(refused('save_checks_failed', { check: 'test' })).toEqual({
      text: 'test is red',
      isReady: false,
    })
    expect(refused('save_checks_failed').text).toBe('A check is red')
    expect(refused('save_unchecked').text).toBe('Unchecked: 2 tasks → main')
    expect(refused('refs_locked').text).toBe('Cannot save yet')
    expect(saveLabel(preview({ commits: [] }), session)).toEqual({
      text: 'Nothing to save',
      isReady: false,
    })
    expect(saveLabel(undefined, session).isReady).toBe(false)
  })
})

describe('the details of a refusal', () => {
  it('are lines of what it names, and how many more there are', () => {
    expect(detailsOf({ paths: [{ path: 'a.txt', why: 'x' }, 'b.txt'], total: 5 })).toMatchObject({
      lines: ['a.txt', 'b.txt'],
      more: 3,
    })
    expect(
      detailsOf({ commits: [{ commit: '0123456789abcdef', subject: 'Mine' }], total: 1 }).lines,
    ).toEqual(['0123456789 Mine'])
    expect(detailsOf({ check: 'test', log: 'f00' })).toMatchObject({
      check: 'test',
      log: 'f00',
      lines: [],
    })
  })

  it('are nothing when they have another shape', () => {
    expect(detailsOf(undefined)).toEqual({ lines: [], more: 0 })
    expect(detailsOf({ paths: 7 })).toEqual({ lines: [], more: 0 })
    expect(detailsOf('text')).toEqual({ lines: [], more: 0 })
  })
})
