import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'

/** Shows where a link really leads before anything is opened. */
export const LinkDialog = ({ url, onClose }: { url: string; onClose(): void }) => (
  <Dialog
    open
    onOpenChange={onClose}
    title="Open this address in the browser?"
    description="An agent printed it. Look at where it leads:"
    footer={
      <>
        <Button onClick={onClose}>Stay here</Button>
        <Button
          tone="primary"
          onClick={() => {
            window.open(url, '_blank', 'noopener,noreferrer')
            onClose()
          }}
        >
          Open
        </Button>
      </>
    }
  >
    <p className="rounded border bg-ground p-2 font-mono text-code wrap-anywhere">{url}</p>
  </Dialog>
)
