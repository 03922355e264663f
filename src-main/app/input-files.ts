import { readFileSync } from 'node:fs'
import {
  type Config,
  configSchema,
  defaultConfig,
  type InputErrorCode,
  type PlanInput,
  planSchema,
} from '../../src-shared/contract/index.ts'
import {
  type Failure,
  fail,
  type JsonFault,
  ok,
  parseJsonSource,
  type Result,
} from '../base/index.ts'

type InputResult<T> = Result<T, Failure<InputErrorCode>>

/** The file behind --config; the defaults without one. */
export function readConfig(path: string | undefined): InputResult<Config> {
  if (path === undefined) return ok(defaultConfig)
  const text = readText(path)
  if (!text.ok) return text
  const parsed = parseJsonSource(text.value, configSchema)
  return parsed.ok ? ok(parsed.value) : fail('config_invalid', place(path, parsed.fault))
}

/** The file behind --plan: its form is checked here, its sense (needs, agents) where it is used. */
export function readPlan(path: string): InputResult<PlanInput> {
  const text = readText(path)
  if (!text.ok) return text
  const parsed = parseJsonSource(text.value, planSchema)
  return parsed.ok ? ok(parsed.value) : fail('plan_invalid', place(path, parsed.fault))
}

const place = (path: string, { key, line, message }: JsonFault): string =>
  `${path}, line ${line}${key ? `, key ${key}` : ''}: ${message}`

function readText(path: string): InputResult<string> {
  try {
    return ok(readFileSync(path, 'utf8'))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // Any other failure of a read is the machine's, and says so under its own name as well.
    return fail('file_unreadable', `${path}: ${code ?? String(cause)}`, { cause })
  }
}
