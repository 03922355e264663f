// From measured pairs to a line of the table. Each figure is a ratio to a limit measured in the same
// run, so that it says the same on a fast and a slow machine.

/** @typedef {{ours: number, limit: number}} Pair */
/** @typedef {{max?: number, min?: number}} Target */
/** @typedef {{id: string, name: string, target: Target, pairs: Pair[], extra?: string}} Measured */

/** The middle value, or the mean of the two in the middle. */
export function median(/** @type {number[]} */ values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = Number.NaN] =
    sorted.length % 2 ? [sorted[at], sorted[at]] : [sorted[at - 1], sorted[at]]
  return (low + high) / 2
}

/**
 * @param {Measured} measured
 * @returns {{id: string, name: string, ratio: string, spread: string, target: string, ok: boolean, extra: string}}
 */
export function summarise({ id, name, target, pairs, extra = '' }) {
  const ratios = pairs.map(({ ours, limit }) => ours / limit)
  const middle = median(ratios)
  const ok =
    Number.isFinite(middle) &&
    (target.max === undefined || middle <= target.max) &&
    (target.min === undefined || middle >= target.min)
  return {
    id,
    name,
    ratio: middle.toPrecision(3),
    spread: `${Math.min(...ratios).toPrecision(3)} to ${Math.max(...ratios).toPrecision(3)}`,
    target: [
      ...(target.max === undefined ? [] : [`≤ ${target.max}`]),
      ...(target.min === undefined ? [] : [`≥ ${target.min}`]),
    ].join(', '),
    ok,
    extra,
  }
}
