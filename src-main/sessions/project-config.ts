import { createHash } from 'node:crypto'
import {
  emptyProjectConfig,
  type ProjectConfig,
  projectConfigSchema,
} from '../../src-shared/contract/index.ts'
import { type Failure, fail, ok, parseJsonSource, type Result } from '../base/index.ts'

const FILE = '.thalogos.json'
// A file that people write and read; parsing a larger one would hold everything up.
const MAX_BYTES = 262_144

export interface FoundConfig {
  config: ProjectConfig
  /** SHA-256 of the file, by which it is trusted; undefined when the repository has none. */
  hash?: string
}

/** Reads `.thalogos.json` as it is in a commit; undefined stands for a repository without one. */
export function readProjectConfig(
  content: Buffer | undefined,
): Result<FoundConfig, Failure<'config_invalid'>> {
  if (!content) return ok({ config: emptyProjectConfig })
  if (content.length > MAX_BYTES) {
    return fail('config_invalid', `${FILE} is larger than ${MAX_BYTES} bytes`)
  }
  const parsed = parseJsonSource(content.toString('utf8'), projectConfigSchema)
  if (!parsed.ok) {
    const { key, line, message } = parsed.fault
    return fail('config_invalid', `${FILE}, line ${line}${key ? `, ${key}` : ''}: ${message}`, {
      details: { file: FILE, key, line },
    })
  }
  return ok({ config: parsed.value, hash: createHash('sha256').update(content).digest('hex') })
}

/** Whether the file asks for something that only a user's trust may set going. */
export const asksForTrust = ({ checks, worktree }: ProjectConfig): boolean =>
  checks.length > 0 || worktree.setup !== undefined || worktree.copy.length > 0

export { FILE as projectConfigFile }
