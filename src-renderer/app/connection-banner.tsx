import { useEffect, useRef } from 'react'
import { useWorld } from '../base/index.ts'
import { Button } from '../ui/button.tsx'
import { announce } from '../ui/toast.tsx'

/** Says while the orchestrator does not answer, and what could not be read of its data. */
export function ConnectionBanner() {
  const connection = useWorld((state) => state.connection)
  const damage = useWorld((state) => state.damage)
  const before = useRef(connection)
  useEffect(() => {
    if (before.current === 'lost' && connection === 'live') announce('Connected again.')
    before.current = connection
  }, [connection])
  return (
    <>
      {connection === 'lost' && (
        <div role="alert" className="shrink-0 border-b bg-wait-soft px-4 py-1.5">
          <span className="font-medium">Thalogos does not answer.</span>{' '}
          <span className="text-soft">
            What is shown is how it was. Agents go on by themselves where it still runs; trying to
            connect again.
          </span>
        </div>
      )}
      {connection === 'outdated' && (
        <div
          role="alert"
          className="flex shrink-0 items-center gap-3 border-b bg-wait-soft px-4 py-1.5"
        >
          <p className="min-w-0 grow">
            <span className="font-medium">Thalogos is of another version now.</span>{' '}
            <span className="text-soft">
              What is shown is how it was. Sessions and work are kept; load the page again to go on.
            </span>
          </p>
          <Button small onClick={() => window.location.reload()}>
            Load again
          </Button>
        </div>
      )}
      {damage.length > 0 && (
        <div role="status" className="shrink-0 border-b bg-bad-soft px-4 py-1.5 wrap-anywhere">
          <span className="font-medium">Some data could not be read and was set aside:</span>{' '}
          {damage.map(({ place, problem }) => `${place} (${problem})`).join(', ')}
        </div>
      )}
    </>
  )
}
