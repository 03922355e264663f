/** Sends a signal to a leader's whole process group; one that has ended is no trouble. Not on Windows. */
export function signalGroup(leader: number, name: NodeJS.Signals): void {
  try {
    process.kill(-leader, name)
  } catch (error) {
    // Ended meanwhile, or (macOS) ended and not collected yet.
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
