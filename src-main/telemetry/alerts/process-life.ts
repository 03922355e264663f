import { readFileSync } from 'node:fs'

// Of proc_pid_stat(5): stopped by a signal or a debugger, ended and not collected, dead.
const UNABLE = new Set(['T', 't', 'Z', 'X', 'x'])

/** Whether a process is there and able to run. Elsewhere than on Linux only whether it is there. */
export function isAble(pid: number): boolean {
  if (process.platform !== 'linux') return isThere(pid)
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // After the command's name, which may hold anything, parentheses and spaces included.
    return !UNABLE.has(stat.charAt(stat.lastIndexOf(')') + 2))
  } catch (error) {
    if (isAbsence(error)) return false
    throw error
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    if (isAbsence(error)) return false
    // EPERM: it is there and somebody else's by now.
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return true
    throw error
  }
}

const isAbsence = (error: unknown): boolean =>
  ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')
