type Close = () => void | Promise<void>

/** Owns what was opened: registered on creation, closed once, last opened first closed. */
export class Disposables {
  private readonly closers: Close[] = []
  private closing: Promise<void> | undefined

  /** Registers and returns `resource`, so that opening and owning are one expression. */
  own<T extends { close: Close }>(resource: T): T {
    this.defer(() => resource.close())
    return resource
  }

  defer(close: Close): void {
    if (this.closing !== undefined) throw new Error('already closed')
    this.closers.push(close)
  }

  /** Closes all, even when some fail; the first failure is thrown at the end. */
  close(): Promise<void> {
    this.closing ??= this.closeAll()
    return this.closing
  }

  private async closeAll(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.closers.reverse()) {
      try {
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
