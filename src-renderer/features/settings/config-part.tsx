import type { ReactNode } from 'react'
import type { Config } from '../../../src-shared/contract/index.ts'
import { Notice } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useConfig } from './use-config.ts'

interface ConfigPartProps {
  children(config: Config, change: (config: Config) => void, isLocked: boolean): ReactNode
}

/** A part of the settings that is the orchestrator's: waits for it, and says when it is not to be changed here. */
export function ConfigPart({ children }: ConfigPartProps) {
  const { settings, error, change } = useConfig()
  if (!settings) {
    return error ? (
      <Notice tone="bad" title="The settings could not be read." text={error.message} />
    ) : (
      <Spinner label="Reading the settings …" />
    )
  }
  const isLocked = settings.source === 'file'
  return (
    <div className="flex flex-col gap-4">
      {isLocked && (
        <Notice
          tone="info"
          title="These settings come from a file."
          text="Thalogos was started with --config; change them there and start it again."
        />
      )}
      {error && (
        <div role="alert">
          <Notice tone="bad" title="That was not kept." text={error.message} />
        </div>
      )}
      {children(settings.config, (config) => void change(config), isLocked)}
    </div>
  )
}
