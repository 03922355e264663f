import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidate, choose, costOf, type Experience, recordText, score } from './choice.ts'

const run = (good: number, more: Partial<Experience> = {}): Experience => ({
  kind: 'implement',
  good,
  costUsd: 1,
  ...more,
})
const times = (n: number, one: Experience) => Array.from({ length: n }, () => one)
const candidate = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  id,
  share: 0,
  record: [],
  ...more,
})
const chosen = (...candidates: Candidate[]) => choose(candidates, 'implement')?.agent

describe('the score of an agent', () => {
  it('is good without a record, and moves with it', () => {
    expect(score([], 'implement')).toBeCloseTo(0.8)
    expect(score(times(10, run(1)), 'implement')).toBeGreaterThan(0.9)
    expect(score(times(10, run(0)), 'implement')).toBeLessThan(0.4)
    expect(score([run(0.5)], 'implement')).toBeLessThan(score([run(1)], 'implement'))
  })

  it('counts the same kind of work more than another, and what is new more than what is old', () => {
    const tests = times(5, run(0, { kind: 'test' }))
    expect(score(tests, 'implement')).toBeGreaterThan(score(tests, 'test'))
    const better = [...times(5, run(1)), ...times(5, run(0))]
    expect(score(better, 'implement')).toBeGreaterThan(score(better.toReversed(), 'implement'))
  })

  it('is between 0 and 1 and grows with each good run put in the place of a bad one', () => {
    const records = fc.array(fc.constantFrom(run(0), run(0.5), run(1)), { minLength: 1 })
    fc.assert(
      fc.property(records, fc.nat(), (record, at) => {
        const place = at % record.length
        const worse = record.with(place, run(0))
        const better = record.with(place, run(1))
        expect(score(better, 'implement')).toBeGreaterThan(score(worse, 'implement'))
        for (const one of [worse, better]) {
          expect(score(one, 'implement')).toBeGreaterThanOrEqual(0)
          expect(score(one, 'implement')).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})

describe('the cost of an agent', () => {
  it('is what a run that held has cost, those that failed included', () => {
    expect(
      costOf([run(1), run(0), run(0.5), run(1, { kind: 'test', costUsd: 9 })], 'implement'),
    ).toBe(1.5)
    expect(costOf([run(0)], 'implement')).toBe(0)
  })
})

describe('the choice', () => {
  it('is the least loaded, then the better, then the cheaper, then the first by name', () => {
    const bad = times(8, run(0))
    expect(chosen(candidate('a', { share: 0.5 }), candidate('b', { record: bad }))).toBe('b')
    expect(chosen(candidate('a', { record: bad }), candidate('b'))).toBe('b')
    const cheap = times(3, run(1, { costUsd: 0.1 }))
    expect(
      chosen(candidate('a', { record: times(3, run(1)) }), candidate('b', { record: cheap })),
    ).toBe('b')
    expect(chosen(candidate('b'), candidate('a'))).toBe('a')
  })

  it('is nobody while all are full', () => {
    expect(choose([candidate('a', { share: 1 })], 'test')).toBeUndefined()
    expect(choose([], 'test')).toBeUndefined()
  })

  it('says why in a few words', () => {
    const two = [
      candidate('a', { record: times(2, run(1)) }),
      candidate('b', { record: times(8, run(0)) }),
    ]
    expect(choose(two, 'implement')?.why).toBe('the better record; 2 of 2 implement runs held')
    expect(choose([candidate('a')], 'test')?.why).toBe('the only one free; no test run yet')
    expect(recordText([run(0.5), run(1)], 'implement')).toBe('1 of 2 implement runs held')
  })
})
