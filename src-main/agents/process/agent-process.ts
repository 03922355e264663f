/** How a process ended. */
export interface ProcessExit {
  /** Null when a signal ended it. */
  exitCode: number | null
  signal: string | null
}

/** A process that leads its own session, on a terminal of its own (pty/) or on pipes. */
export interface AgentProcess {
  readonly pid: number
  /** Everything it prints, as bytes; all of it comes before `onExit`. */
  onData(listener: (chunk: Buffer) => void): void
  onExit(listener: (exit: ProcessExit) => void): void
  /** To its standard input, whole and in order; what comes after its end is lost and harms nobody. */
  write(data: string): void
  /** Its standard input ends after what was written; a terminal has no such end. */
  endInput(): void
  /** Only a terminal has a size, of at least one cell. */
  resize(cols: number, rows: number): void
  /** Holds the reading back, so that the process waits once what lies between is full. */
  pause(): void
  resume(): void
  /** To its whole process group; nothing happens when it has ended. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGHUP'): void
}

/** What is started: a line of the launcher. */
export interface ProcessLine {
  file: string
  args: readonly string[]
  /** The complete environment. */
  env: Readonly<Record<string, string>>
}
