import { Search } from 'lucide-react'
import { isMacHere, keysOf, showKeys } from '../../base/index.ts'
import { show } from './open.ts'

export const PALETTE = { id: 'palette.open', keys: 'Mod+K' }

/** In the top bar: opens the palette. */
export const PaletteField = () => (
  <button
    type="button"
    onClick={() => show('palette')}
    className="flex h-7 w-90 min-w-32 shrink items-center gap-2 rounded border border-edge bg-ground px-2 text-soft transition-colors hover:text-strong"
  >
    <Search aria-hidden size={13} className="shrink-0" />
    <span className="min-w-0 grow truncate text-left">Search or run a command</span>
    <kbd className="font-mono text-tiny">{showKeys(keysOf(PALETTE) ?? '', isMacHere())}</kbd>
  </button>
)
