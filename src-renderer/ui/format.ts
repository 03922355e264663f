const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `4 s`, `3:07`, `1:02:09`. Milliseconds. */
export function duration(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const tail = `${two((ms % MINUTE) / SECOND)}`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}:${tail}`
  return `${Math.floor(ms / HOUR)}:${two((ms % HOUR) / MINUTE)}:${tail}`
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function ago(iso: string, now: number): string {
  const ms = now - Date.parse(iso)
  if (ms < MINUTE) return 'just now'
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`
  const days = Math.floor(ms / DAY)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

/** US dollars: `$0.42`, and less than a cent as such. */
export const money = (usd: number): string =>
  usd > 0 && usd < 0.01 ? '< $0.01' : `$${usd.toFixed(2)}`

/** `950`, `12.4k`, `3.1M`. */
export function tokens(count: number): string {
  if (count < 1_000) return String(count)
  if (count < 1_000_000) return `${trim(count / 1_000)}k`
  return `${trim(count / 1_000_000)}M`
}

const trim = (value: number): string => value.toFixed(1).replace(/\.0$/, '')

/** `1 task`, `3 tasks`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n} ${n === 1 ? one : many}`

/** The hour of day, in the user's own way. */
export const clockTime = (iso: string): string =>
  new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
