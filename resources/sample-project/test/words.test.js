import assert from 'node:assert/strict'
import { test } from 'node:test'
import { words } from '../src/words.js'

test('counts words, not what stands between them', () => {
  assert.deepEqual(words('One two, three.'), ['One', 'two', 'three'])
})

test('takes a joined word as one', () => {
  assert.deepEqual(words("don't mother-in-law"), ["don't", 'mother-in-law'])
})

test('finds none in an empty text', () => {
  assert.deepEqual(words(' \n'), [])
})
