import { useState } from 'react'
import { useCommand } from '../../base/index.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { AgentsPart } from './agents-part.tsx'
import { AppearancePart } from './appearance-part.tsx'
import { LimitsPart } from './limits-part.tsx'
import { ShortcutsPart } from './shortcuts-part.tsx'
import { TrustPart } from './trust-part.tsx'

const PARTS = {
  agents: { label: 'Agents', Part: AgentsPart },
  limits: { label: 'Limits', Part: LimitsPart },
  trust: { label: 'Trust', Part: TrustPart },
  appearance: { label: 'Appearance', Part: AppearancePart },
  shortcuts: { label: 'Shortcuts', Part: ShortcutsPart },
} as const

type PartId = keyof typeof PARTS

/** The settings, over everything else. What is changed is kept at once. */
export function Settings() {
  const [isOpen, setOpen] = useState(false)
  const [shown, setShown] = useState<PartId>('agents')
  useCommand({ id: 'settings.open', title: 'Settings', keys: 'Mod+,', run: () => setOpen(true) })
  const { Part } = PARTS[shown]
  return (
    <Dialog open={isOpen} onOpenChange={setOpen} title="Settings" wide>
      <div className="-mx-5 -mb-2 h-[60vh]">
        <Tabs<PartId>
          label="Settings"
          value={shown}
          onChange={setShown}
          items={Object.entries(PARTS).map(([id, { label }]) => ({ id: id as PartId, label }))}
        >
          <div className="h-full overflow-y-auto p-5">
            <Part />
          </div>
        </Tabs>
      </div>
    </Dialog>
  )
}
