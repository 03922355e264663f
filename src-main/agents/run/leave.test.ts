import { expect, it } from 'vitest'
import { splitKeys } from './leave.ts'

it('types text and escape sequences together, and each other key by itself', () => {
  expect(splitKeys('/quit\r')).toEqual(['/quit', '\r'])
  expect(splitKeys('\u0003\u0003')).toEqual(['\u0003', '\u0003'])
  expect(splitKeys('\u001b\u0003\u0003')).toEqual(['\u001b', '\u0003', '\u0003'])
  expect(splitKeys('\u001b[200~a\u001b[201~\r')).toEqual(['\u001b[200~a\u001b[201~', '\r'])
  expect(splitKeys('\u0015/exit\r')).toEqual(['\u0015', '/exit', '\r'])
  expect(splitKeys('')).toEqual([])
})
