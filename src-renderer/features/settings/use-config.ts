import { useEffect, useState } from 'react'
import type { Config, Settings } from '../../../src-shared/contract/index.ts'
import { type ApiError, call } from '../../base/index.ts'

/** The configuration as the orchestrator has it, and the way to change it. */
export interface ConfigState {
  settings?: Settings
  error?: ApiError
  /** Kept at once; what is refused leaves everything as it was. */
  change(config: Config): Promise<void>
}

export function useConfig(): ConfigState {
  const [state, setState] = useState<Omit<ConfigState, 'change'>>({})
  useEffect(() => {
    void call('getSettings', {}).then((found) =>
      setState(found.ok ? { settings: found.value } : { error: found.error }),
    )
  }, [])
  return {
    ...state,
    async change(config) {
      const changed = await call('putSettings', { config })
      setState(
        changed.ok
          ? { settings: changed.value }
          : (before) => ({ ...before, error: changed.error }),
      )
    },
  }
}
