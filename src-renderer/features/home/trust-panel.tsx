import type { ProjectView } from '../../../src-shared/contract/index.ts'
import { Switch } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'

interface TrustPanelProps {
  view: ProjectView
  trusts: boolean
  onChange(trusts: boolean): void
}

/** The commands that come with the repository, for somebody who decides whether they may run. */
export function TrustPanel({ view, trusts, onChange }: TrustPanelProps) {
  if (view.problem !== undefined) {
    return <Notice tone="bad" title="Its .thalogos.json cannot be used." text={view.problem} />
  }
  const commands = [
    ...(view.config?.worktree.setup === undefined
      ? []
      : [{ name: 'setup', run: view.config.worktree.setup }]),
    ...(view.config?.checks ?? []),
  ]
  if (commands.length === 0) {
    return (
      <Notice
        tone="info"
        title="This repository names no checks."
        text="What the agents make will be called unchecked, and Save will ask before it takes that. A .thalogos.json names checks."
      />
    )
  }
  return (
    <Notice
      tone={view.trusted ? 'info' : 'wait'}
      title={
        view.trusted
          ? 'You trust the commands of this repository.'
          : 'This repository comes with commands.'
      }
      text={
        <>
          <dl className="my-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
            {commands.map(({ name, run }) => (
              <div key={name} className="contents">
                <dt>{name}</dt>
                <dd className="font-mono text-code text-strong wrap-anywhere">{run}</dd>
              </div>
            ))}
          </dl>
          {!view.trusted && (
            <Switch
              checked={trusts}
              onChange={onChange}
              label="I have read them and they may run on this machine. Without it nothing is checked."
            />
          )}
        </>
      }
    />
  )
}
