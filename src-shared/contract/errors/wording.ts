/** The three things an error owes its reader, in plain words, each a sentence. */
export interface Wording {
  what: string
  kept: string
  next: string
}
