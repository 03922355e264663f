import {
  type Agent,
  type AgentSettings,
  type Config,
  defaultAgentSettings,
} from '../../../src-shared/contract/index.ts'
import { useProjection } from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { Field, Select, Switch, TextInput } from '../../ui/field.tsx'
import { Mark } from '../../ui/mark.tsx'
import { ConfigPart } from './config-part.tsx'

/** Which agents may work, how many at once, with which model, and what they may do without asking. */
export function AgentsPart() {
  const agents = useProjection((state) => state.agents)
  return (
    <ConfigPart>
      {(config, change, isLocked) => (
        <ul className="flex flex-col gap-4">
          {Object.values(agents)
            .filter(({ onRequest }) => !onRequest)
            .map((agent) => (
              <li key={agent.id} className="rounded border p-4">
                <AgentForm
                  agent={agent}
                  settings={config.agents[agent.id] ?? defaultAgentSettings}
                  isLocked={isLocked}
                  onChange={(settings) => change(withAgent(config, agent.id, settings))}
                />
              </li>
            ))}
        </ul>
      )}
    </ConfigPart>
  )
}

const withAgent = (config: Config, id: string, settings: AgentSettings): Config => ({
  ...config,
  agents: { ...config.agents, [id]: settings },
})

interface AgentFormProps {
  agent: Agent
  settings: AgentSettings
  isLocked: boolean
  onChange(settings: AgentSettings): void
}

const MOST_RUNS = 64

function AgentForm({ agent, settings, isLocked, onChange }: AgentFormProps) {
  const set = (change: Partial<AgentSettings>) => onChange({ ...settings, ...change })
  return (
    <fieldset disabled={isLocked} className="flex flex-col gap-3">
      <legend className="sr-only">{agent.name}</legend>
      <div className="flex items-center justify-between gap-3 font-medium">
        <AgentMark agent={agent.id} />
        {agent.available ? (
          <Mark tone="good" glyph="✓" word={agent.version ?? 'ready'} />
        ) : (
          <Mark tone="wait" glyph="!" word="not usable" />
        )}
      </div>
      <Switch
        label="May work"
        checked={settings.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label="At once">
          <TextInput
            type="number"
            min={1}
            max={MOST_RUNS}
            defaultValue={settings.maxConcurrent}
            onBlur={({ currentTarget: { valueAsNumber: n } }) =>
              n >= 1 && n <= MOST_RUNS && n !== settings.maxConcurrent && set({ maxConcurrent: n })
            }
          />
        </Field>
        <Field label="Model" hint="Empty: its own choice.">
          <TextInput
            defaultValue={settings.model ?? ''}
            onBlur={({ currentTarget: { value } }) =>
              value.trim() !== (settings.model ?? '') && set({ model: value.trim() || null })
            }
          />
        </Field>
        <Field label="What it may not do by itself">
          <Select
            value={settings.permissions}
            onChange={(permissions) => set({ permissions })}
            options={[
              { value: 'ask', label: 'it asks you' },
              { value: 'allow', label: 'it does without asking' },
            ]}
          />
        </Field>
      </div>
      <details className="text-small text-soft">
        <summary>What Thalogos starts it with</summary>
        <p className="mt-1 font-mono text-code wrap-anywhere">
          {[agent.path ?? agent.id, ...agent.passes.args].join(' ')}
        </p>
        <p className="mt-1 wrap-anywhere">Variables: {agent.passes.env.join(', ')}</p>
      </details>
    </fieldset>
  )
}
