import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { NoWay } from './no-way.tsx'

afterEach(cleanup)

it.each([
  [true, 'The token is no longer right.', /Your sessions are kept/],
  [false, 'The address lacks its token.', /Nothing is lost/],
])('says what happened, what is kept and how to come in (refused: %s)', (isRefused, what, kept) => {
  render(<NoWay isRefused={isRefused} />)
  expect(screen.getByText(what)).toBeDefined()
  expect(screen.getByText(kept)).toBeDefined()
  expect(screen.getByText(/serve --reuse/)).toBeDefined()
})
