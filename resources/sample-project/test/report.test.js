import assert from 'node:assert/strict'
import { test } from 'node:test'
import { report } from '../src/report.js'

test('says how many words there are', () => {
  assert.match(report('One two three.'), /^words: 3$/m)
})
