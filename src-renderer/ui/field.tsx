import type {
  InputHTMLAttributes,
  ReactNode,
  Ref,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from 'react'
import { cloneElement, isValidElement, useId } from 'react'
import { classNames } from './class-names.ts'

const BOX =
  'w-full rounded border border-edge bg-ground px-2 text-strong disabled:opacity-55 aria-invalid:border-bad'

interface FieldProps {
  label: string
  hint?: ReactNode
  error?: ReactNode
  /** One input. */
  children: ReactNode
}

/** An input with its name, what helps, and what is wrong with it. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const about = `${id}-about`
  const isWrong = error !== undefined && error !== false
  const input = isValidElement<{ id?: string }>(children)
    ? cloneElement(children, {
        id,
        'aria-describedby': about,
        ...(isWrong ? { 'aria-invalid': true } : {}),
      } as object)
    : children
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {input}
      <div id={about} className="text-small wrap-anywhere">
        {isWrong && (
          <p role="alert" className="text-bad">
            {error}
          </p>
        )}
        {hint !== undefined && <p className="text-soft">{hint}</p>}
      </div>
    </div>
  )
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }

export const TextInput = ({ className, ...rest }: InputProps) => (
  <input
    autoComplete="off"
    spellCheck={false}
    {...rest}
    className={classNames(BOX, 'h-7', className)}
  />
)

type AreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }

export const TextArea = ({ className, ...rest }: AreaProps) => (
  <textarea {...rest} className={classNames(BOX, 'min-h-16 resize-y py-1', className)} />
)

interface SelectProps<V extends string>
  extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'value' | 'onChange'> {
  value: V
  onChange(value: V): void
  options: readonly { value: V; label: string; disabled?: boolean }[]
}

/** The system's own list: it knows every keyboard and screen reader. */
export function Select<V extends string>({ value, onChange, options, ...rest }: SelectProps<V>) {
  const { className, ...more } = rest
  return (
    <select
      {...more}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as V)}
      className={classNames(BOX, 'h-7', className)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled}>
          {option.label}
        </option>
      ))}
    </select>
  )
}

interface SwitchProps {
  label: ReactNode
  checked: boolean
  onChange(checked: boolean): void
  disabled?: boolean
}

/** Something that is on or off, with its words. */
export const Switch = ({ label, checked, onChange, disabled }: SwitchProps) => (
  <label className="flex items-start gap-2">
    <input
      type="checkbox"
      checked={checked}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
      className="mt-[3px] size-3.5 shrink-0 accent-action"
    />
    <span className="min-w-0 wrap-anywhere">{label}</span>
  </label>
)
