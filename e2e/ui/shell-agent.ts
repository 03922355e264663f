import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Session } from '../../src-shared/contract/index.ts'
import type { Api } from '../program/api.ts'
import { initRepository } from '../program/repository.ts'
import type { Place } from './place.ts'

/** `--config` of a shell that works through its prompt, as the only agent; a person can sit down at it. */
export function configureShell(place: Place): string {
  const file = join(place.dir, 'config.json')
  const off = { enabled: false }
  const shell = {
    command: '/bin/sh',
    args: ['-s'],
    maxConcurrent: 4,
    interactive: { args: ['-i'], leave: 'exit\r' },
  }
  writeFileSync(file, JSON.stringify({ agents: { shell, codex: off, claude: off, gemini: off } }))
  return file
}

/** A session of shell tasks, by their keys, on a repository of one file; under way when this resolves. */
export async function startShellSession(
  { api, place }: { api: Api; place: Place },
  goal: string,
  lines: Readonly<Record<string, string>>,
): Promise<Session> {
  const repository = initRepository(place.home, `${place.dir}/repo`)
  repository.write('a.txt', 'a\n')
  repository.git('add', '-A')
  repository.git('commit', '-qm', 'first')
  const tasks = Object.entries(lines).map(([id, line]) => ({
    id,
    title: `Task ${id}`,
    prompt: `${line}\nexit 0\n`,
    agent: 'shell',
  }))
  const body = { repo: repository.dir, goal, plan: { tasks }, start: true }
  return await api.post<Session>('/api/sessions', body)
}
