const WORD = /[\p{Letter}\p{Number}]+(?:['’-][\p{Letter}\p{Number}]+)*/gu

/** The words of a text, in order. */
export function words(text) {
  return text.match(WORD) ?? []
}
