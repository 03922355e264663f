import { isTheme, type Theme, usePreference } from '../../base/index.ts'
import { Field, Select } from '../../ui/field.tsx'

/** How it looks. */
export function AppearancePart() {
  const [theme, setTheme] = usePreference<Theme>('theme', 'system', isTheme)
  return (
    <div className="max-w-70">
      <Field label="Theme">
        <Select
          value={theme}
          onChange={setTheme}
          options={[
            { value: 'system', label: 'as the system' },
            { value: 'light', label: 'light' },
            { value: 'dark', label: 'dark' },
          ]}
        />
      </Field>
    </div>
  )
}
