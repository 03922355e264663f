import type { ComponentType } from 'react'
import type { SideTab } from '../base/index.ts'
import { AgentPanes } from '../features/agents/index.ts'
import { Board } from '../features/board/index.ts'
import { Chat } from '../features/chat/index.ts'
import { Lineage } from '../features/lineage/index.ts'
import { PaletteField, PaletteOverlay, ShortcutList } from '../features/palette/index.ts'
import { Review } from '../features/review/index.ts'
import { SaveButton, SaveDialogs } from '../features/save/index.ts'
import { Settings } from '../features/settings/index.ts'
import { Timeline } from '../features/timeline/index.ts'

/** A feature in its place. */
interface Placed {
  id: string
  Part: ComponentType
}

/** What stands where; a region without a feature is not shown. Each feature is one line here. */
export const regions: {
  chat?: ComponentType
  agents?: ComponentType
  side: readonly { id: SideTab; label: string; Part: ComponentType }[]
  timeline?: ComponentType
  save?: ComponentType
  palette?: ComponentType
} = {
  chat: Chat,
  agents: AgentPanes,
  side: [
    { id: 'board', label: 'Board', Part: Board },
    { id: 'review', label: 'Review', Part: Review },
    { id: 'lineage', label: 'Lineage', Part: Lineage },
  ],
  timeline: Timeline,
  palette: PaletteField,
  save: SaveButton,
}

/** Over everything else, and only when asked for. */
export const overlays: readonly Placed[] = [
  { id: 'palette', Part: PaletteOverlay },
  { id: 'shortcuts', Part: ShortcutList },
  { id: 'settings', Part: Settings },
  { id: 'save', Part: SaveDialogs },
]
