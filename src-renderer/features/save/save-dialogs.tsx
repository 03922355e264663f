import { useFocus, useProjection } from '../../base/index.ts'
import { open, useShown } from './open.ts'
import { RollBackDialog } from './roll-back-dialog.tsx'
import { SaveDialog } from './save-dialog.tsx'

/** The dialog that was asked for, over the session that is open. */
export function SaveDialogs() {
  const id = useFocus((state) => state.session)
  const session = useProjection(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  const shown = useShown()
  if (!session || !shown) return null
  const close = () => open(undefined)
  return shown.dialog === 'save' ? (
    <SaveDialog session={session} finishes={shown.finish === true} onClose={close} />
  ) : (
    <RollBackDialog session={session} first={shown.checkpoint} onClose={close} />
  )
}
