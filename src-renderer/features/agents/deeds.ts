import type { Task } from '../../../src-shared/contract/index.ts'
import { call, focus } from '../../base/index.ts'
import { toast } from '../../ui/toast.tsx'

/** Stops the task; its work is kept. */
export async function cancel({ sessionId, id, title }: Task): Promise<void> {
  const done = await call('cancelTask', { session: sessionId, task: id })
  if (done.ok) toast(`“${title.slice(0, 60)}” was cancelled; its work is kept.`)
  else toast(done.error.message, { tone: 'bad' })
}

/** Stops the run and opens the same conversation for a person. */
export async function takeOver(run: string): Promise<void> {
  const taken = await call('takeOverRun', { run })
  if (taken.ok) focus.run(taken.value.id, taken.value.taskId)
  else toast(taken.error.message, { tone: 'bad' })
}

/** The agent goes on where the person stopped. */
export async function handBack(run: string): Promise<void> {
  const done = await call('handBackRun', { run })
  if (!done.ok) toast(done.error.message, { tone: 'bad' })
}
