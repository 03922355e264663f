const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
// Unicode's East Asian Width W and F, and what terminals draw as pictures: two cells each.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const ZERO = /^[\p{Mark}\p{Cf}]+$/u
const ASCII = /^[ -~]*$/

/** Cells that a text without control characters takes in a terminal. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += cells(segment)
  return width
}

/** Exactly `width` cells: cut with an ellipsis, or padded on the right. */
export function fit(text: string, width: number): string {
  const cut = cutTo(text, width)
  return cut + ' '.repeat(Math.max(0, width - widthOf(cut)))
}

/** At most `width` cells. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width <= 0) return ''
  let cut = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    if (used + cells(segment) > width - 1) break
    cut += segment
    used += cells(segment)
  }
  return `${cut}…`
}

function cells(grapheme: string): number {
  if (ZERO.test(grapheme)) return 0
  return WIDE.test(grapheme) ? 2 : 1
}
