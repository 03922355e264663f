import { expect, it } from 'vitest'
import type { SessionCommit } from '../../../src-shared/contract/index.ts'
import { lanesOf } from './lanes.ts'

const commit = (id: string, ...parents: string[]) => ({ commit: id, parents }) as SessionCommit

it('keeps a straight history in one column', () => {
  const rows = lanesOf([commit('c', 'b'), commit('b', 'a'), commit('a')])
  expect(rows.map(({ column }) => column)).toEqual([0, 0, 0])
  expect(rows.at(-1)?.lines).toEqual([])
})

it('gives a branch a column beside, from its merge down to where it began', () => {
  const rows = lanesOf([commit('m', 'b', 'x'), commit('b', 'a'), commit('x', 'a'), commit('a')])
  expect(rows.map(({ column }) => column)).toEqual([0, 0, 1, 0])
  expect(rows[0]?.lines).toEqual([
    { from: 0, to: 0 },
    { from: 0, to: 1 },
  ])
  expect(rows[2]?.lines).toEqual([
    { from: 0, to: 0 },
    { from: 1, to: 0 },
  ])
})

it('gives a column that is free again to the next branch', () => {
  const history = [
    commit('n', 'm', 'y'),
    commit('y', 'm'),
    commit('m', 'b', 'x'),
    commit('x', 'b'),
    commit('b'),
  ]
  expect(lanesOf(history).map(({ column }) => column)).toEqual([0, 1, 0, 1, 0])
})
