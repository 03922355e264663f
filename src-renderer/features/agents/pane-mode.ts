/** How a run is shown: its transcript in a terminal, its bytes in a terminal, or its transcript as text. */
export type PaneMode = 'readable' | 'raw' | 'text'
