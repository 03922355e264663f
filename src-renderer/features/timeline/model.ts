import type { Checkpoint, RunOutcome, StoredEvent } from '../../../src-shared/contract/index.ts'

interface Seen {
  /** Unique on one timeline. */
  id: string
  /** The event that tells of it. */
  seq: number
  /** Milliseconds. */
  at: number
  /** The row of `Model.agents`; as many as there are agents: the integration. */
  lane: number
  taskId?: string
}

export interface RunMark extends Seen {
  kind: 'run'
  runId: string
  agent: string
  /** Missing while it lives. */
  end?: number
  outcome?: RunOutcome
  /** Of runs of one agent at the same time each has a row. */
  row: number
}

export interface CheckMark extends Seen {
  kind: 'check'
  check: string
  isGreen: boolean
  durationMs: number
}

/** `from` is when the task's work was done, in the lane of who did it. */
export interface MergeMark extends Seen {
  kind: 'merge'
  from?: { at: number; lane: number }
}

export interface ConflictMark extends Seen {
  kind: 'conflict'
  files: number
}

export interface CheckpointMark extends Seen {
  kind: 'checkpoint'
  checkpoint: Checkpoint
}

/** Something that happened, as the timeline shows it. */
export type TimeMark = RunMark | CheckMark | MergeMark | ConflictMark | CheckpointMark

/** A session's history as lanes and marks, these in the order in which they happened. */
export interface Model {
  agents: readonly string[]
  /** Rows of each lane, at least one. */
  rows: readonly number[]
  marks: readonly TimeMark[]
  titles: ReadonlyMap<string, string>
  start: number
  end: number
}

/** Pure. One pass: ten thousand events take a millisecond or two. */
export function modelOf(history: readonly StoredEvent[]): Model {
  const building = new Building()
  for (const event of history) building.add(event)
  return building.done(history)
}

class Building {
  private readonly agents: string[] = []
  private readonly rowsEnd: number[][] = []
  private readonly marks: TimeMark[] = []
  private readonly runs = new Map<string, RunMark>()
  private readonly lastRun = new Map<string, RunMark>()
  private readonly titles = new Map<string, string>()

  add(event: StoredEvent): void {
    switch (event.type) {
      case 'task.created':
        if (event.taskId !== undefined) this.titles.set(event.taskId, event.data.title)
        break
      case 'run.started':
      case 'run.ended':
        this.run(event)
        break
      case 'evidence.recorded':
      case 'task.state_changed':
      case 'conflict.found':
        this.task(event)
        break
      case 'checkpoint.saved':
      case 'rollback.done': {
        const { checkpoint } = event.data
        this.marks.push({ ...this.seen(event), kind: 'checkpoint', checkpoint })
        break
      }
      default:
    }
  }

  done(history: readonly StoredEvent[]): Model {
    const integration = this.agents.length
    for (const mark of this.marks) if (mark.lane < 0) mark.lane = integration
    const first = history[0]
    const last = history.at(-1)
    return {
      agents: this.agents,
      rows: this.rowsEnd.map(({ length }) => Math.max(1, length)),
      marks: this.marks,
      titles: this.titles,
      start: first ? Date.parse(first.at) : 0,
      end: last ? Date.parse(last.at) : 0,
    }
  }

  private run({ data, ...event }: Extract<StoredEvent, { type: 'run.started' | 'run.ended' }>) {
    const { run } = data
    let mark = this.runs.get(run.id)
    if (!mark) {
      const at = Date.parse(run.startedAt)
      const lane = this.laneOf(run.agent)
      const row = this.rowAt(lane, at)
      const { id: runId, agent, taskId } = run
      const about = taskId === undefined ? {} : { taskId }
      mark = {
        id: `run:${runId}`,
        seq: event.seq,
        at,
        lane,
        row,
        kind: 'run',
        runId,
        agent,
        ...about,
      }
      this.runs.set(runId, mark)
      this.marks.push(mark)
      if (taskId !== undefined) this.lastRun.set(taskId, mark)
    }
    if (run.endedAt === undefined) return
    mark.end = Date.parse(run.endedAt)
    if (run.outcome) mark.outcome = run.outcome
    const ends = this.rowsEnd[mark.lane]
    if (ends) ends[mark.row] = mark.end
  }

  private task(
    event: Extract<
      StoredEvent,
      { type: 'evidence.recorded' | 'task.state_changed' | 'conflict.found' }
    >,
  ): void {
    const seen = this.seen(event)
    const run = this.lastRun.get(event.taskId ?? '')
    if (event.type === 'conflict.found') {
      this.marks.push({ ...seen, kind: 'conflict', files: event.data.files.length })
    } else if (event.type === 'evidence.recorded') {
      const { check, exitCode, durationMs } = event.data.evidence
      const lane = run?.lane ?? seen.lane
      this.marks.push({ ...seen, lane, kind: 'check', check, isGreen: exitCode === 0, durationMs })
    } else if (event.data.to === 'integrated') {
      const from = run ? { from: { at: run.end ?? run.at, lane: run.lane } } : {}
      this.marks.push({ ...seen, kind: 'merge', ...from })
    }
  }

  /** In the integration's lane, whose number is known at the end. */
  private seen({ seq, at, taskId }: StoredEvent): Seen {
    const about = taskId === undefined ? {} : { taskId }
    return { id: `event:${seq}`, seq, at: Date.parse(at), lane: -1, ...about }
  }

  private laneOf(agent: string): number {
    const known = this.agents.indexOf(agent)
    if (known >= 0) return known
    this.rowsEnd.push([])
    return this.agents.push(agent) - 1
  }

  private rowAt(lane: number, at: number): number {
    const ends = this.rowsEnd[lane] ?? []
    const free = ends.findIndex((end) => end <= at)
    const row = free < 0 ? ends.length : free
    ends[row] = Number.POSITIVE_INFINITY
    return row
  }
}
