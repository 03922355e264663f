import { expect, it } from 'vitest'
import { fitting } from './fitting.ts'

const laptop = { x: 0, y: 0, width: 1440, height: 900 }
const beside = { x: 1440, y: -200, width: 2560, height: 1440 }
const size = { width: 1200, height: 800 }

it('keeps a window where it was while a screen shows it', () => {
  const there = { x: 1500, y: -100, ...size }
  expect(fitting(there, [laptop, beside])).toEqual(there)
  expect(fitting(there, [laptop])).toBeUndefined()
})

it.each([
  ['left of all screens', { x: -1150, y: 0 }],
  ['below them', { x: 0, y: 850 }],
  ['with its title bar above them', { x: 0, y: -10 }],
])('does not keep it %s', (_, place) => {
  expect(fitting({ ...place, ...size }, [laptop])).toBeUndefined()
})
