import { mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Log } from '../../base/index.ts'
import type { LaunchPlan } from '../adapter.ts'
import { openRunLog } from './run-log.ts'
import type { RunLogs } from './run-output.ts'

/** The run's private folder: prompt and other files of the launch, what the CLI prints, the transcript. */
export interface RunFiles {
  readonly dir: string
  readonly raw: string
  readonly transcript: string
  readonly stderr: string
}

// The end of an error output names its cause; more is in no message.
const STDERR_BYTES = 8 * 1024

export const runFiles = (dir: string): RunFiles => ({
  dir,
  raw: join(dir, 'raw.log'),
  transcript: join(dir, 'transcript.log'),
  stderr: join(dir, 'stderr.log'),
})

/** Makes the folder (0700) with the plan's files (0600) and opens both logs. */
export async function prepareFiles(
  files: RunFiles,
  plan: Pick<LaunchPlan, 'files'>,
  log: Log,
): Promise<RunLogs> {
  await mkdir(files.dir, { recursive: true, mode: 0o700 })
  for (const { name, content } of plan.files) {
    await writeFile(join(files.dir, name), content, { mode: 0o600 })
  }
  const raw = await openRunLog(files.raw, log)
  try {
    return { raw, transcript: await openRunLog(files.transcript, log) }
  } catch (error) {
    raw.release()
    throw error
  }
}

/** The end of the error output; empty when there was none. */
export const readStderr = (files: RunFiles): Promise<string> =>
  readPart(files.stderr, (size) => Math.max(0, size - STDERR_BYTES))

/** What was printed first. */
export const readStart = (files: RunFiles): Promise<string> => readPart(files.raw, () => 0)

async function readPart(path: string, from: (size: number) => number): Promise<string> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return ''
  try {
    const { size } = await file.stat()
    const length = Math.min(size, STDERR_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from(size))
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * Moves both logs into the artifacts and removes the folder, the prompt with it. A hash is empty for a
 * log that was never made.
 */
export async function adoptFiles(
  files: RunFiles,
  artifacts: { adopt(path: string): Promise<string> },
): Promise<{ raw: string; transcript: string }> {
  const adopt = async (path: string) => ((await exists(path)) ? artifacts.adopt(path) : '')
  const hashes = { raw: await adopt(files.raw), transcript: await adopt(files.transcript) }
  await rm(files.dir, { recursive: true, force: true })
  return hashes
}

/** The same when the disk may be the trouble: logs that cannot be adopted stay where they are, the rest goes. */
export async function salvageFiles(
  files: RunFiles,
  artifacts: { adopt(path: string): Promise<string> },
): Promise<{ raw: string; transcript: string }> {
  try {
    return await adoptFiles(files, artifacts)
  } catch {
    const kept = [files.raw, files.transcript, files.stderr].map((path) => basename(path))
    for (const name of await readdir(files.dir).catch(() => [])) {
      if (!kept.includes(name)) await rm(join(files.dir, name), { force: true })
    }
    return { raw: '', transcript: '' }
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
