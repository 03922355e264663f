import type { Config } from '../../../src-shared/contract/index.ts'
import { Field, TextInput } from '../../ui/field.tsx'
import { ConfigPart } from './config-part.tsx'

/** How much is done at once, and how long one run may take. */
export const LimitsPart = () => (
  <ConfigPart>
    {(config, change, isLocked) => (
      <fieldset disabled={isLocked} className="grid gap-4 sm:grid-cols-2">
        <legend className="sr-only">Limits</legend>
        <Limit
          label="Runs at once"
          hint="Over all agents and sessions. The others wait in a queue."
          value={config.limits.concurrentRuns}
          most={64}
          onChange={(concurrentRuns) => change(withLimits(config, { concurrentRuns }))}
        />
        <Limit
          label="Minutes a run may take"
          hint="After that it is stopped; what it did is kept."
          value={config.limits.runTimeoutMinutes}
          most={1_440}
          onChange={(runTimeoutMinutes) => change(withLimits(config, { runTimeoutMinutes }))}
        />
      </fieldset>
    )}
  </ConfigPart>
)

const withLimits = (config: Config, limits: Partial<Config['limits']>): Config => ({
  ...config,
  limits: { ...config.limits, ...limits },
})

interface LimitProps {
  label: string
  hint: string
  value: number
  most: number
  onChange(value: number): void
}

const Limit = ({ label, hint, value, most, onChange }: LimitProps) => (
  <Field label={label} hint={hint}>
    <TextInput
      type="number"
      min={1}
      max={most}
      defaultValue={value}
      onBlur={({ currentTarget: { valueAsNumber: n } }) =>
        n >= 1 && n <= most && n !== value && onChange(n)
      }
    />
  </Field>
)
