import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FileDiff, Run, Session } from '../src-shared/contract/index.ts'
import type { ModelScript } from './model-service/index.ts'
import { eventually } from './program/eventually.ts'
import { type Person, personAt } from './program/person.ts'
import { processesOf } from './program/processes.ts'
import { CLIS, type Cli, taskOf, useThreeClis } from './program/three-clis.ts'

// The first that matches counts, and what an agent is told when it is handed back repeats its task.
const scripts: readonly ModelScript[] = [
  {
    when: 'The user has worked with you',
    steps: [{ run: 'echo done > werke/w.txt' }, { say: 'Done.' }],
  },
  { when: 'what a person says', steps: [{ say: 'I heard a person.' }] },
  {
    when: 'prompt-wait',
    steps: [{ run: 'echo began > werke/began.txt; sleep 600' }, { say: 'never' }],
  },
]

const clis = useThreeClis({ codex: scripts, claude: scripts, gemini: scripts })

/** What shows that it takes what is typed: on the screen, for Claude Code in the title. */
const READY: Readonly<Record<Cli, RegExp>> = {
  codex: /Ask Codex to do anything/,
  claude: /✳/,
  gemini: /Type your message/,
}
const SIZE = { cols: 120, rows: 40 }
const WIDER = { cols: 140, rows: 30 }

describe.each(CLIS)('a run of %s', (cli) => {
  it('is taken over at a real terminal over the public API, and handed back', async () => {
    const { sessionId, runId, worktree } = await begin(cli)

    const visit = await clis.api.post<Run>(`/api/runs/${runId}/takeover`, SIZE)
    expect(visit).toMatchObject({ cause: 'taken_over', agent: cli })
    expect(processesOf(runId)).toEqual([])
    const person = await sitDown(visit.id)
    await person.sees(READY[cli])
    await person.sees(/prompt-wait/)
    await person.asks('what a person says,\nin two lines', /I heard a person\./)
    const heard = requestsOf(cli, 'what a person says').at(-1) ?? ''
    expect(heard).toContain('prompt-wait')
    expect(heard).toContain(worktree)
    await widen(person, visit.id)
    await clis.api.post(`/api/runs/${visit.id}/handback`)
    person.close()

    const session = await clis.rest(sessionId)
    const task = taskOf(session, 'w')
    const { cliSessionId } = visit
    expect(cliSessionId).toMatch(/./)
    expect(task?.runs).toMatchObject([
      { cause: 'first', outcome: 'interrupted', cliSessionId },
      { cause: 'taken_over', outcome: 'succeeded', cliSessionId },
      { cause: 'handed_back', outcome: 'succeeded', cliSessionId },
    ])
    expect(task).toMatchObject({ state: 'integrated', summary: 'Done.' })
    const back = requestsOf(cli, 'The user has worked with you')[0] ?? ''
    expect(back).toContain('what a person says')
    expect(back).toContain(worktree)
    const done = await clis.api.get<FileDiff[]>(
      `/api/sessions/${session.id}/tasks/${task?.id}/diff`,
    )
    expect(done.map(({ path }) => path)).toEqual(['werke/began.txt', 'werke/w.txt'])
    expect(processesOf(worktree)).toEqual([])
  })
})

/** Starts a session whose only task is under way when this resolves. */
async function begin(cli: Cli): Promise<{ sessionId: string; runId: string; worktree: string }> {
  const { id: sessionId } = await clis.api.post<Session>('/api/sessions', {
    repo: clis.repository.dir,
    goal: `Taken over from ${cli}`,
    agents: [cli],
    plan: { tasks: [{ id: 'w', title: 'W', prompt: 'prompt-wait', agent: cli }] },
    trust: true,
    start: true,
  })
  // What each asks for is told elsewhere; here all of it is allowed.
  clis.allowAll(sessionId)
  const { taskId = '', runId = '' } = await clis.stream.until(
    (event) => event.sessionId === sessionId && event.type === 'run.started',
  )
  const worktree = join(clis.dir, 'data/worktrees', sessionId, taskId)
  await eventually(
    () => existsSync(join(worktree, 'werke/began.txt')),
    () => `${cli} never began; what happened: ${clis.happened(sessionId)}`,
  )
  return { sessionId, runId, worktree }
}

/** A person at the terminal of a run, as any client of the stream can be. */
async function sitDown(runId: string): Promise<Person> {
  const { stream } = clis
  const n = await stream.attach(runId)
  return personAt({
    ...SIZE,
    printed: () => stream.bytes.get(n) ?? Buffer.alloc(0),
    type: (data) => stream.send({ type: 'input', run: runId, data }),
  })
}

/** Makes the window wider; what was drawn for the narrower one has no line that is longer. */
async function widen(person: Person, runId: string): Promise<void> {
  person.resized(WIDER.cols, WIDER.rows)
  clis.stream.send({ type: 'resize', run: runId, ...WIDER })
  await person.sees(new RegExp(`^.{${SIZE.cols + 1},${WIDER.cols}}$`, 'm'))
}

/** What a model was asked with such a last message. */
const requestsOf = (cli: Cli, said: string): string[] =>
  clis.services[cli].requests
    .filter(({ prompt }) => prompt?.includes(said))
    .map(({ body }) => JSON.stringify(body))
