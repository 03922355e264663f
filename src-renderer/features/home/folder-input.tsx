import { useId } from 'react'
import type { Project } from '../../../src-shared/contract/index.ts'
import { desktop } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Field, TextInput } from '../../ui/field.tsx'

interface FolderInputProps {
  value: string
  onChange(path: string): void
  /** It is typed or chosen. */
  onDone(path: string): void
  projects: readonly Project[]
  error?: string | undefined
}

/** The repository's folder: typed, one that is known, or chosen in the system's own dialog where there is one. */
export function FolderInput({ value, onChange, onDone, projects, error }: FolderInputProps) {
  const list = useId()
  const choose = async () => {
    const path = await desktop?.chooseFolder()
    if (path === undefined) return
    onChange(path)
    onDone(path)
  }
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 grow">
        <Field label="Repository" error={error}>
          <TextInput
            list={list}
            value={value}
            placeholder="/path/to/your/repository"
            onChange={(event) => onChange(event.currentTarget.value)}
            onBlur={(event) => onDone(event.currentTarget.value)}
          />
        </Field>
        <datalist id={list}>
          {projects.map(({ id, path }) => (
            <option key={id} value={path} />
          ))}
        </datalist>
      </div>
      {desktop && (
        <Button className="mt-6" onClick={() => void choose()}>
          Choose …
        </Button>
      )}
    </div>
  )
}
