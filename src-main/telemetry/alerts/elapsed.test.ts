import { describe, expect, it } from 'vitest'
import { createAwakeTime, createStopwatches } from './elapsed.ts'
import { createHeart } from './heart.ts'

describe('createAwakeTime', () => {
  it('counts what passes between looks, and no sleep', () => {
    let now = 1_000
    const awake = createAwakeTime(() => now)
    now += 5_000
    expect(awake.now()).toBe(5_000)
    now += 8 * 3_600_000
    expect(awake.now()).toBe(15_000)
    now -= 100
    expect(awake.now()).toBe(15_000)
  })
})

describe('createStopwatches', () => {
  it('tell since when a thing is as it is', () => {
    const { elapsed, keep } = createStopwatches()
    expect(elapsed('a', 1, 100)).toBe(0)
    expect(elapsed('a', 1, 300)).toBe(200)
    expect(elapsed('b', 1, 300)).toBe(0)
    expect(elapsed('a', 2, 400)).toBe(0)
    keep(new Set(['a']))
    expect(elapsed('a', 2, 500)).toBe(100)
    expect(elapsed('b', 1, 500)).toBe(0)
  })
})

describe('createHeart', () => {
  it.each([
    ['on time', { passed: 5_000, worked: 100 }, 5_000],
    ['early', { passed: 4_900, worked: 100 }, 5_000],
    ['late for no work of its own: it slept', { passed: 3_600_000, worked: 100 }, 5_100],
    ['late for work', { passed: 12_000, worked: 11_500 }, 12_000],
    ['late for both', { passed: 60_000, worked: 20_000 }, 25_000],
  ])('beats %s', (_, { passed, worked }, expected) => {
    let now = 0
    let busy = 0
    const heart = createHeart(
      () => now,
      () => busy,
    )
    now += passed
    busy += worked
    expect(heart.beat()).toBe(expected)
    now += 5_000
    expect(heart.beat()).toBe(5_000)
  })
})
