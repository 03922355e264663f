/** The user's wish to stop: the first one is asked, the second one is obeyed at once. */
export interface Interruption {
  /** Aborted by the first Ctrl-C (or the end of the terminal or of the parent). */
  signal: AbortSignal
  close(): void
}

/** Exit code of a command stopped by Ctrl-C: 128 + SIGINT (2). */
export const INTERRUPTED = 130

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type Source = Pick<NodeJS.Process, 'on' | 'off' | 'exit' | 'channel'> & {
  /** Only in a utility process of Electron, where it is the way to be asked. */
  parentPort?: { on(event: 'message', listener: () => void): unknown }
}

/** Listens on `source` (the process) for what asks to stop. */
export function watchInterruption(source: Source = process): Interruption {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) source.exit(INTERRUPTED)
    controller.abort()
  }
  // The channel to `npm start` closes when that process is gone, however it ended.
  const orphaned = () => controller.abort()
  for (const signal of SIGNALS) source.on(signal, stop)
  source.on('disconnect', orphaned)
  // All that the desktop ever says to its orchestrator is to stop.
  source.parentPort?.on('message', orphaned)
  // Listening to it must not keep a finished command alive.
  source.channel?.unref()
  return {
    signal: controller.signal,
    close() {
      for (const signal of SIGNALS) source.off(signal, stop)
      source.off('disconnect', orphaned)
    },
  }
}
