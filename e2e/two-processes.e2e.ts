import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../src-shared/contract/index.ts'
import { useHome } from './program/home.ts'
import { kill, processesOf } from './program/processes.ts'
import { type RunningProgram, runProgram, startProgram } from './program/program.ts'
import { createShellProject, type ShellProject, shellTask } from './program/shell-agent.ts'

const place = useHome()
let project: ShellProject
let data: string
beforeEach(() => {
  project = createShellProject(place)
  data = join(place.dir, 'data')
})

const start = (args: string[]) => startProgram([...args, '--data', data], place)
const run = (args: string[]) => runProgram([...args, '--data', data], place)

/** `serve --json`, and what its first line says. */
async function serve(): Promise<{
  program: RunningProgram
  address: { url: string; token: string }
}> {
  const program = start(['serve', '--json', '--config', project.config])
  await program.says(/^\{.*\}\n/)
  const { url, token } = JSON.parse(readFileSync(join(data, 'gateway.json'), 'utf8'))
  return { program, address: { url, token } }
}

async function sessionsAt({ url, token }: { url: string; token: string }): Promise<Session[]> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/api/sessions`, { headers })
  expect(response.status).toBe(200)
  return (await response.json()) as Session[]
}

/** A task that says that it began and ends once it may. */
const waiting = (id: string) => {
  const [begun, may] = [join(place.dir, `${id}.begun`), join(place.dir, `${id}.may`)]
  const line = `echo ${id} > ${id}.txt; touch '${begun}'; while [ ! -f '${may}' ]; do sleep 0.1; done`
  return {
    task: shellTask(id, line),
    async begun() {
      while (!existsSync(begun)) await new Promise((next) => setTimeout(next, 50))
    },
    end: () => writeFileSync(may, ''),
  }
}

describe('a data folder that is served already', () => {
  it('serves a run of another process: its session is there, and its exit code here', async () => {
    const { program, address } = await serve()
    const task = shellTask('one', 'echo one > one.txt')
    const ended = await run([...project.run('Write one', [task]), '--save', '--allow-unchecked'])
    expect(ended, ended.stdout).toMatchObject({ code: 0 })
    expect(ended.stderr).toMatch(/^Process \d+ already serves this data folder/)
    expect(ended.stdout).toContain('one: integrated')
    expect(ended.stdout).toContain('✓ saved main')
    expect(project.repository.read('one.txt')).toBe('one\n')
    const [session] = await sessionsAt(address)
    expect(session).toMatchObject({ goal: 'Write one', state: 'awaiting_review' })
    expect(session?.checkpoints).toHaveLength(2)
    program.send('SIGTERM')
    const served = await program.done
    expect(served.code).toBe(0)
    expect(served.stdout).toBe(`${JSON.stringify(address)}\n`)
    expect(existsSync(join(data, 'gateway.json'))).toBe(false)
    expect(processesOf(place.dir)).toEqual([])
  })

  it('is the user’s alone to read, and named to whoever serves it again or asks the doctor', async () => {
    const { program, address } = await serve()
    expect(statSync(join(data, 'gateway.json')).mode & 0o777).toBe(0o600)
    expect(statSync(data).mode & 0o777).toBe(0o700)
    const whole = `${address.url}/#token=${address.token}`
    const again = await run(['serve'])
    expect(again).toMatchObject({ code: 2, stdout: '' })
    expect(again.stderr).toContain('(data_folder_owned)')
    expect(again.stderr).toContain(whole)
    const reused = await run(['serve', '--reuse'])
    expect(reused).toMatchObject({ code: 0 })
    expect(reused.stdout).toBe(`Thalogos serves its interface at ${whole}\n`)
    const doctor = await run(['doctor'])
    expect(doctor.stdout.replace(/\s+/g, ' ')).toMatch(
      new RegExp(`in use by process \\d+ since \\S+, at ${address.url} `),
    )
    expect(doctor.stdout + doctor.stderr).not.toContain(address.token)
    program.send('SIGTERM')
    await program.done
  })

  it('keeps all sessions but the one whose run was interrupted', async () => {
    const { program, address } = await serve()
    const [mine, other] = [waiting('mine'), waiting('other')]
    const first = start(project.run('Write mine', [mine.task]))
    const second = start(project.run('Write other', [other.task]))
    await Promise.all([mine.begun(), other.begun()])
    first.send('SIGINT')
    const interrupted = await first.done
    expect(interrupted.code).toBe(130)
    expect(interrupted.stderr).toContain('1 snapshot of their work taken')
    const states = Object.fromEntries(
      (await sessionsAt(address)).map(({ goal, state }) => [goal, state]),
    )
    expect(states).toEqual({ 'Write mine': 'suspended', 'Write other': 'active' })
    other.end()
    expect(await second.done).toMatchObject({ code: 0 })
    mine.end()
    const resumed = await run(project.run('Write mine', [mine.task]))
    expect(resumed.stdout).toContain('going on with session')
    expect(resumed.code).toBe(0)
    program.send('SIGTERM')
    expect((await program.done).code).toBe(0)
  })

  it('and whose process is ended: the run ends as one that was interrupted, its work kept', async () => {
    const { program } = await serve()
    const task = waiting('one')
    const attached = start(project.run('Write one', [task.task]))
    await task.begun()
    program.send('SIGTERM')
    const ended = await attached.done
    expect(ended.code).toBe(1)
    expect(ended.stdout + ended.stderr).toContain('To go on, run the same command again.')
    expect((await program.done).code).toBe(0)
    expect(existsSync(join(data, 'gateway.json'))).toBe(false)
    expect(processesOf(place.dir)).toEqual([])
  })

  it('and whose process is killed: the run says so, and the same command goes on by itself', async () => {
    await serve()
    const task = waiting('one')
    const attached = start(project.run('Write one', [task.task]))
    await task.begun()
    kill(processesOf(place.dir).filter(({ command }) => / serve /.test(command)))
    const ended = await attached.done
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('(gateway_unreachable)')
    expect(ended.stderr).toContain('To go on, run the same command again.')
    task.end()
    const again = await run([...project.run('Write one', [task.task]), '--config', project.config])
    expect(again, again.stderr).toMatchObject({ code: 0, stderr: '' })
    expect(again.stdout).toContain('going on with session')
    expect(processesOf(place.dir)).toEqual([])
  })
})

describe('a run', () => {
  it('serves its data folder, too, and ends when the run that joined it has ended', async () => {
    const [first, second] = [waiting('first'), waiting('second')]
    const owner = start([...project.run('Write first', [first.task]), '--config', project.config])
    await first.begun()
    const guest = start(project.run('Write second', [second.task]))
    await second.begun()
    first.end()
    await owner.says(/Another session is at work in this process/)
    second.end()
    const ended = await guest.done
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(await owner.done).toMatchObject({ code: 0 })
    expect(processesOf(place.dir)).toEqual([])
  })
})
