import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { initRepository, type UserRepository } from './repository.ts'

/** A task whose prompt is what its agent does: a shell that reads its commands from the prompt. */
export const shellTask = (id: string, line: string) => ({
  id,
  title: `Task ${id}`,
  prompt: `${line}\nexit 0\n`,
})

export interface ShellProject {
  repository: UserRepository
  /** `--config` of a shell as the only agent. */
  config: string
  /** Arguments of `run` for tasks on the repository. */
  run(goal: string, tasks: ReturnType<typeof shellTask>[]): string[]
}

/** A repository of one file, without checks, and a shell as the agent; everything below `dir`. */
export function createShellProject({ dir, home }: { dir: string; home: string }): ShellProject {
  const repository = initRepository(home, join(dir, 'repo'))
  repository.write('a.txt', 'a\n')
  repository.git('add', '-A')
  repository.git('commit', '-qm', 'first')
  const config = join(dir, 'config.json')
  const off = { enabled: false }
  const shell = { command: '/bin/sh', args: ['-s'], maxConcurrent: 4 }
  const agents = { shell, codex: off, claude: off, gemini: off }
  writeFileSync(config, JSON.stringify({ agents }))
  const plans = join(dir, 'plans')
  mkdirSync(plans)
  return {
    repository,
    config,
    run(goal, tasks) {
      const plan = join(plans, `${goal}.json`)
      writeFileSync(plan, JSON.stringify({ tasks }))
      return ['run', '--repo', repository.dir, '--plan', plan, goal]
    },
  }
}
