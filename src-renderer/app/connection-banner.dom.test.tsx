import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { type Connection, world } from '../base/index.ts'
import { ConnectionBanner } from './connection-banner.tsx'

afterEach(() => {
  cleanup()
  world.setState(world.getInitialState(), true)
})

function show(connection: Connection) {
  world.setState({ connection })
  render(<ConnectionBanner />)
}

it('says nothing while all is well', () => {
  show('live')
  expect(screen.queryByRole('alert')).toBeNull()
})

it('says that the orchestrator is gone, and offers nothing that would fail', () => {
  show('lost')
  expect(screen.getByRole('alert').textContent).toContain('does not answer')
  expect(screen.queryByRole('button')).toBeNull()
})

it('offers to load the page again when another version came back', () => {
  show('outdated')
  expect(screen.getByRole('alert').textContent).toContain('another version')
  expect(screen.getByRole('button', { name: 'Load again' })).toBeDefined()
})

it('names data that could not be read as text', () => {
  world.setState({ damage: [{ place: '<img src=x>', problem: 'not JSON' }] })
  show('live')
  expect(screen.getByRole('status').textContent).toContain('<img src=x> (not JSON)')
  expect(document.querySelector('img')).toBeNull()
})
