import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { isAble } from './process-life.ts'

it('tells a process that runs from one that is stopped or gone', async () => {
  const child = spawn('sleep', ['600'])
  const pid = child.pid ?? 0
  const becomes = async (able: boolean) => {
    while (isAble(pid) !== able) await sleep(5)
  }
  try {
    await once(child, 'spawn')
    expect(isAble(pid)).toBe(true)
    if (process.platform === 'linux') {
      child.kill('SIGSTOP')
      await becomes(false)
      child.kill('SIGCONT')
      await becomes(true)
    }
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(isAble(pid)).toBe(false)
})
