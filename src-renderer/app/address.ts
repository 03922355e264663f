import { useEffect } from 'react'
import { focus, world } from '../base/index.ts'

const PATTERN = /^#\/session\/([\w-]{1,64})$/

/** The session that is open stands in the address, so that a reload and the back button find it again. */
export function useAddress(): void {
  useEffect(() => {
    const read = () => {
      const id = PATTERN.exec(window.location.hash)?.[1]
      const isThere = id !== undefined && world.getState().projection.sessions[id] !== undefined
      if (focus.get().session !== (isThere ? id : undefined))
        focus.session(isThere ? id : undefined)
    }
    const write = () => {
      const { session } = focus.get()
      const hash = session === undefined ? '' : `#/session/${session}`
      if (window.location.hash === hash) return
      window.history.pushState(null, '', hash || window.location.pathname)
    }
    read()
    const stop = focus.subscribe(write)
    window.addEventListener('popstate', read)
    return () => {
      stop()
      window.removeEventListener('popstate', read)
    }
  }, [])
}
