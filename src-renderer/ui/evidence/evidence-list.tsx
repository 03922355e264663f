import { useState } from 'react'
import type { Evidence } from '../../../src-shared/contract/index.ts'
import { Button } from '../button.tsx'
import { duration } from '../format.ts'
import { Mark } from '../mark.tsx'
import { LogDialog } from './log-dialog.tsx'

/** Checks and how they ended on exactly what is looked at, each with its log. */
export function EvidenceList({ evidence }: { evidence: readonly Evidence[] }) {
  const [shown, setShown] = useState<Evidence>()
  return (
    <>
      <ul className="flex flex-col gap-1">
        {evidence.map((one) => (
          <li key={`${one.check} ${one.at}`} className="flex items-center gap-3">
            <span className="min-w-0 truncate font-medium">{one.check}</span>
            {one.exitCode === 0 ? (
              <Mark tone="good" glyph="✓" word="green" />
            ) : (
              <Mark tone="bad" glyph="✗" word={one.exitCode === null ? 'time was up' : 'red'} />
            )}
            <span className="text-small text-soft tabular-nums">{duration(one.durationMs)}</span>
            <Button tone="quiet" small onClick={() => setShown(one)}>
              Log
            </Button>
          </li>
        ))}
      </ul>
      {shown && (
        <LogDialog
          title={`Log of ${shown.check}`}
          command={shown.command}
          hash={shown.log}
          onClose={() => setShown(undefined)}
        />
      )}
    </>
  )
}
