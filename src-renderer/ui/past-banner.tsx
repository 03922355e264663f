import { History } from 'lucide-react'
import { Button } from './button.tsx'

interface PastBannerProps {
  /** The time that is shown, for the screen. */
  time: string
  onBack(): void
}

/** Says that what is seen is over, and leads back. */
export const PastBanner = ({ time, onBack }: PastBannerProps) => (
  <div
    role="status"
    className="flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1 rounded border border-action bg-action-soft px-2 py-0.5"
  >
    <History aria-hidden size={14} className="shrink-0 text-action" />
    <span className="min-w-0 grow">
      You look at <span className="font-medium">{time}</span>, not at now
    </span>
    <Button small onClick={onBack}>
      Back to now
    </Button>
  </div>
)
