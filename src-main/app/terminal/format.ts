import type { Usage } from '../../../src-shared/contract/index.ts'
import { printable, printableLine } from '../../base/index.ts'

/** What a colour means here; the screen decides how it looks, and whether at all. */
export type Tone = 'good' | 'bad' | 'wait' | 'dim' | 'strong'
export type Paint = (tone: Tone, text: string) => string
export const plainPaint: Paint = (_tone, text) => text

// Nobody reads a longer word for a thing on one line.
const MAX_LINE = 300

/** Hostile text on one line. */
export const oneLine = (text: string): string => printableLine(text, MAX_LINE)

/** Hostile text as lines, at most `max` of them, the last ones kept: the reason stands at the end. */
export function lastLines(text: string, max: number): string[] {
  const lines = printable(text).trimEnd().split('\n').map(oneLine)
  return lines.length > max ? [`… ${lines.length - max} lines before`, ...lines.slice(-max)] : lines
}

/** Milliseconds for people: `0.4 s`, `12 s`, `3m 05s`, `2h 07m`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${String(Math.floor(seconds % 60)).padStart(2, '0')}s`
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`
}

/** Tokens and US dollars, nothing where nothing was used. */
export function usageText({ inputTokens, outputTokens, costUsd }: Usage): string {
  const tokens = inputTokens + outputTokens
  return [
    ...(tokens > 0 ? [`${short(tokens)} tokens`] : []),
    ...(costUsd > 0 ? [`$${costUsd.toFixed(2)}`] : []),
  ].join(' ')
}

export function bytes(count: number): string {
  if (count < 1_024) return `${count} bytes`
  if (count < 1_048_576) return `${(count / 1_024).toFixed(0)} KiB`
  if (count < 1_073_741_824) return `${(count / 1_048_576).toFixed(0)} MiB`
  return `${(count / 1_073_741_824).toFixed(1)} GiB`
}

export const plural = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`

/** The part of a commit's name that people compare. */
export const shortCommit = (commit: string): string => commit.slice(0, 10)

function short(count: number): string {
  if (count < 1_000) return String(count)
  if (count < 1_000_000) return `${(count / 1_000).toFixed(1)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}
