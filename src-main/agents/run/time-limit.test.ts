import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createTimeLimit } from './time-limit.ts'

it('stands still while it is held, and counts what was left afterwards', async () => {
  let over = 0
  const limit = createTimeLimit(60, () => {
    over += 1
  })
  limit.hold(true)
  limit.hold(true)
  await sleep(150)
  expect(over).toBe(0)
  limit.hold(false)
  limit.hold(false)
  await expect.poll(() => over).toBe(1)
  limit.close()
})

it('is not over once it was closed, and never without a time', async () => {
  const over: string[] = []
  const closed = createTimeLimit(10, () => over.push('closed'))
  closed.close()
  closed.hold(true)
  closed.hold(false)
  createTimeLimit(undefined, () => over.push('endless')).hold(true)
  await sleep(50)
  expect(over).toEqual([])
})
