import { LoaderCircle } from 'lucide-react'

/** Something is under way; `label` says what. */
export const Spinner = ({ label }: { label: string }) => (
  <span role="status" className="inline-flex items-center gap-2 text-soft">
    <LoaderCircle aria-hidden size={14} className="animate-turn" />
    {label}
  </span>
)
