import type { TaskKind } from '../../src-shared/contract/index.ts'

/** One ended run of an agent, for judging it. */
export interface Experience {
  kind: TaskKind
  /** 1: its work held; 0.5: it had to be mended; 0: it failed. */
  good: number
  costUsd: number
}

/** What is weighed when an agent is chosen. */
export interface Candidate {
  id: string
  /** Share of its places that are taken, 0 to 1. */
  share: number
  /** Newest first. */
  record: readonly Experience[]
}

export interface Choice {
  agent: string
  /** A few words for people. */
  why: string
}

// Each run counts a tenth less than the one after it: what was mended last week is not held against anybody.
const DECAY = 0.9
// Another kind of work tells something, but not as much.
const OTHER_KIND = 0.4
// Four good runs of five are assumed of everybody: an agent without a record gets its chance, and one bad run is
// not the end of it.
const PRIOR = { good: 4, runs: 5 }
// Closer than this two records are alike, and the cheaper agent is chosen.
const STEP = 0.1

/** How an agent has done at this kind of work of late, 0 to 1: a smoothed rate (Beta prior). Pure. */
export function score(record: readonly Experience[], kind: TaskKind): number {
  let [good, runs] = [PRIOR.good, PRIOR.runs]
  record.forEach((run, age) => {
    const weight = DECAY ** age * (run.kind === kind ? 1 : OTHER_KIND)
    good += weight * run.good
    runs += weight
  })
  return good / runs
}

/** US dollars for each run of the kind whose work held; 0 when none is known, so that it will be. */
export function costOf(record: readonly Experience[], kind: TaskKind): number {
  const same = record.filter((run) => run.kind === kind)
  const good = same.filter((run) => run.good > 0).length
  return good === 0 ? 0 : same.reduce((sum, { costUsd }) => sum + costUsd, 0) / good
}

/** The least loaded, then the better at this kind of work, then the cheaper; undefined while all are full. Pure. */
export function choose(candidates: readonly Candidate[], kind: TaskKind): Choice | undefined {
  const rated = candidates
    .filter(({ share }) => share < 1)
    .map((candidate) => ({
      ...candidate,
      grade: Math.round(score(candidate.record, kind) / STEP),
      cost: costOf(candidate.record, kind),
    }))
    .sort(
      (a, b) => a.share - b.share || b.grade - a.grade || a.cost - b.cost || (a.id < b.id ? -1 : 1),
    )
  const best = rated[0]
  return (
    best && {
      agent: best.id,
      why: `${rated.length > 1 ? versus(best, rated[1]) : 'the only one free'}; ${recordText(best.record, kind)}`,
    }
  )
}

interface Rated extends Candidate {
  grade: number
  cost: number
}

function versus(best: Rated, next: Rated | undefined): string {
  if (!next) return 'the only one free'
  if (best.share < next.share) return 'the least loaded'
  if (best.grade > next.grade) return 'the better record'
  return best.cost < next.cost ? 'the cheaper of equals' : 'the first of equals'
}

/** What is known of its runs of a kind, in a few words. */
export function recordText(record: readonly Experience[], kind: TaskKind): string {
  const same = record.filter((run) => run.kind === kind)
  const good = same.filter((run) => run.good === 1).length
  return same.length === 0 ? `no ${kind} run yet` : `${good} of ${same.length} ${kind} runs held`
}
