import { describe, expect, it } from 'vitest'
import { median, summarise } from './summary.mjs'

const pairs = (...ratios: number[]) => ratios.map((ratio) => ({ ours: ratio * 10, limit: 10 }))

describe('median', () => {
  it('is the middle, whatever the order and the outliers', () => {
    expect(median([9, 1, 2])).toBe(2)
    expect(median([4, 1, 1000, 2])).toBe(3)
    expect(median([])).toBeNaN()
  })
})

describe('summarise', () => {
  const base = { id: '1', name: 'worktree' }

  it('holds the median against a limit from above and from below', () => {
    expect(summarise({ ...base, target: { max: 2 }, pairs: pairs(1, 2, 50) }).ok).toBe(true)
    expect(summarise({ ...base, target: { max: 2 }, pairs: pairs(1, 2.1, 3) }).ok).toBe(false)
    expect(summarise({ ...base, target: { min: 0.8 }, pairs: pairs(0.7, 0.9, 1) }).ok).toBe(true)
    expect(summarise({ ...base, target: { min: 0.8 }, pairs: pairs(0.7, 0.7, 1) }).ok).toBe(false)
  })

  it('misses when nothing was measured or a limit was zero', () => {
    expect(summarise({ ...base, target: { max: 2 }, pairs: [] }).ok).toBe(false)
    expect(summarise({ ...base, target: { max: 2 }, pairs: [{ ours: 1, limit: 0 }] }).ok).toBe(
      false,
    )
  })

  it('says the ratio, its spread and the target', () => {
    const row = summarise({
      ...base,
      target: { max: 2 },
      pairs: pairs(1, 1.5, 3),
      extra: 'p95 3 ms',
    })
    expect(row).toMatchObject({
      ratio: '1.50',
      spread: '1.00 to 3.00',
      target: '≤ 2',
      extra: 'p95 3 ms',
    })
  })
})
