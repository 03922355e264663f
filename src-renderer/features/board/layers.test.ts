import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Task } from '../../../src-shared/contract/index.ts'
import { graphOf, NODE } from './layers.ts'

const task = (key: string, ...needs: string[]) =>
  ({ key, needs, state: 'queued' }) as unknown as Task

it('puts each task below all that it needs, and draws what leads there', () => {
  const { nodes, edges } = graphOf([task('d', 'b', 'c'), task('a'), task('b', 'a'), task('c')], 400)
  const y = Object.fromEntries(nodes.map((node) => [node.task.key, node.y]))
  expect(y['a']).toBe(y['c'])
  expect(y['b']).toBeGreaterThan(y['a'] ?? 0)
  expect(y['d']).toBeGreaterThan(y['b'] ?? 0)
  expect(edges.map(({ id }) => id).toSorted()).toEqual(['a b', 'b d', 'c d'])
})

it('lays no task over another, of any plan, nor any outside', () => {
  const plans = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), { maxLength: 30 })
  fc.assert(
    fc.property(plans, (needs) => {
      const tasks = needs.map((of, n) => task(`${n}`, ...of.filter((m) => m < n).map(String)))
      const { nodes, width, height } = graphOf(tasks, 300)
      expect(nodes).toHaveLength(tasks.length)
      const places = new Set(nodes.map(({ x, y }) => `${x} ${y}`))
      expect(places.size).toBe(nodes.length)
      for (const { x, y } of nodes) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x + NODE.width).toBeLessThanOrEqual(width)
        expect(y + NODE.height).toBeLessThanOrEqual(height)
      }
    }),
  )
})

it('needs no one that is not there, and survives a circle', () => {
  const { nodes, edges } = graphOf([task('a', 'b', 'gone'), task('b', 'a')], 300)
  expect(nodes).toHaveLength(2)
  expect(edges).toHaveLength(2)
})
