import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createWorld, SHELL, shellTask, type World } from './fixture/world.ts'

let world: World
afterEach(async () => {
  await world.close()
  expect(world.errors).toEqual([])
})

/** Cannot be had, and says so as its service would. */
const refused = (code: string, message = 'no') => ({
  command: '/bin/sh',
  args: ['-c', `echo '${JSON.stringify({ type: 'result', ok: false, code, message })}'`],
  output: 'json-lines',
})
const OFF = Object.fromEntries(['codex', 'claude', 'gemini'].map((id) => [id, { enabled: false }]))

describe('an agent that cannot be had', () => {
  it.each(['not_signed_in', 'rate_limited'])(
    'is left out when it is %s, and its work goes to another, at no cost for the task',
    async (code) => {
      world = await createWorld({ agents: { ...OFF, away: refused(code), shell: SHELL } })
      const session = await world.work([
        shellTask('a', 'echo a > a.txt', { agent: 'away' }),
        shellTask('b', 'echo b > b.txt', { agent: 'away', needs: ['a'] }),
      ])
      expect(session.tasks.map(({ state, agent }) => [state, agent])).toEqual([
        ['integrated', 'shell'],
        ['integrated', 'shell'],
      ])
      // The second task did not try the agent that was away any more.
      expect(session.tasks.map(({ runs }) => runs.map(({ agent }) => agent))).toEqual([
        ['away', 'shell'],
        ['shell'],
      ])
      const agents = await world.parts.agents.list()
      expect(agents.find(({ id }) => id === 'away')).toMatchObject({
        available: false,
        reason: { code },
      })
      const changed = world.parts.events.since(0, { types: ['agent.changed'] })
      expect(changed.map((event) => event.data)).toMatchObject([{ agent: { id: 'away' } }])
    },
  )

  it('suspends the session when nobody is left, saying who is missing and why', async () => {
    world = await createWorld({
      agents: {
        ...OFF,
        away: refused('not_signed_in', 'log in first'),
        slow: refused('rate_limited'),
      },
    })
    const session = await world.work([shellTask('a', 'true')])
    expect(session).toMatchObject({ state: 'suspended', reason: { code: 'no_agent' } })
    for (const words of [
      'away: ',
      'log in first',
      'slow: rate limited until',
      'codex: it is disabled',
    ]) {
      expect(session.reason?.message).toContain(words)
    }
    expect(session.tasks[0]).toMatchObject({ state: 'queued' })
  })

  it('goes on by itself when its limit has passed', async () => {
    const wait = `[ -e "$HOME_OF_TEST/once" ] && exec sh -s || { : > "$HOME_OF_TEST/once"; echo '${JSON.stringify({ type: 'result', ok: false, code: 'rate_limited', message: 'retry after 1 s' })}'; }`
    const away = { command: '/bin/sh', args: ['-c', wait], output: 'json-lines' }
    world = await createWorld({ agents: { ...OFF, away } })
    const env = { HOME_OF_TEST: world.dir }
    world.parts.agents.configure({
      ...world.config,
      agents: { ...world.config.agents, away: { ...world.config.agents['away'], ...away, env } },
    } as never)
    const prompt = `echo a > a.txt; echo '{"type":"result","ok":true}'`
    const first = await world.work([shellTask('a', prompt)])
    expect(first.state).toBe('suspended')
    let session = first
    while (session.state !== 'awaiting_review') {
      await sleep(50)
      session = world.parts.sessions.get(first.id) ?? session
    }
    expect(session.tasks[0]?.state).toBe('integrated')
  })
})
