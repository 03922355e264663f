import { expect, it } from 'vitest'
import { handOutStyleNonce } from './style-nonce.ts'

function page(head: string): Document {
  const made = document.implementation.createHTMLDocument('page')
  made.head.innerHTML = head
  return made
}

it('gives the nonce to style elements that a script makes, and to nothing else', () => {
  const made = page('<meta name="style-nonce" content="abc" />')
  handOutStyleNonce(made)
  expect(made.createElement('style').nonce).toBe('abc')
  expect(made.createElement('script').nonce).not.toBe('abc')
  const holder = made.createElement('div')
  holder.innerHTML = '<style>p{}</style>'
  expect(holder.querySelector('style')?.nonce).not.toBe('abc')
})

it('changes nothing on a page without one', () => {
  const made = page('')
  handOutStyleNonce(made)
  expect(made.createElement('style').nonce).not.toBe('abc')
})
