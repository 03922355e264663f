import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A command to be started through the launcher. */
export interface Launch {
  command: string
  args: readonly string[]
  cwd: string
  /** The complete environment of the command; nothing of ours is added. */
  env: Readonly<Record<string, string>>
  /** A file that becomes standard input, or `keep` for the caller's own; without it the null device. */
  stdin?: { file: string } | 'keep'
  /** A file that standard error is appended to; without it, it stays where the caller put it. */
  stderr?: string
}

/** The variable by which every process of a launch is found again, however it detached itself. */
export const MARKER = 'THALOGOS_RUN'
/** How each line begins in which the launcher says that it could not start the command. */
export const LAUNCHER_SAYS = 'thalogos-launcher: '
/** The launcher's exit codes for a command that was not found or cannot be executed. */
export const LAUNCHER_MISSING: readonly number[] = [126, 127]

// The sources run from src-main/base, the bundle from out/main or a folder of chunks below it.
const CLIMB = 4

/**
 * What to spawn instead of the command itself, so that it starts without leaked descriptors and with
 * exactly its own environment (resources/launcher.mjs). Pure but for finding the launcher.
 */
export function launchLine(launch: Launch): {
  file: string
  args: string[]
  env: Record<string, string>
} {
  const marker = launch.env[MARKER]
  const handedOn = Object.entries(launch.env).map(([name, value]) => [
    `THALOGOS_ENV_${name}`,
    value,
  ])
  return {
    file: process.execPath,
    args: [
      findLauncher(),
      ...['--cwd', launch.cwd],
      ...inputArguments(launch.stdin),
      ...(launch.stderr === undefined ? [] : ['--stderr', launch.stderr]),
      '--',
      launch.command,
      ...launch.args,
    ],
    env: {
      ...Object.fromEntries(handedOn),
      ...launcherEnvironment(),
      // Unprefixed as well: the launcher itself must be found in the moment before it becomes the command.
      ...(marker === undefined ? {} : { [MARKER]: marker }),
    },
  }
}

function inputArguments(stdin: Launch['stdin']): string[] {
  if (stdin === undefined) return []
  return stdin === 'keep' ? ['--keep-stdin'] : ['--stdin', stdin.file]
}

function launcherEnvironment(): Record<string, string> {
  const root = process.env['SystemRoot']
  return {
    // Node cannot start on Windows without it.
    ...(root === undefined ? {} : { SystemRoot: root }),
    // Inside Electron the executable is Electron's, which is Node when told so.
    ...(process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' }),
  }
}

function findLauncher(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (let step = 0; step < CLIMB; step += 1) {
    const file = join(folder, 'resources', 'launcher.mjs')
    if (existsSync(file)) return file
    folder = dirname(folder)
  }
  throw new Error('resources/launcher.mjs is missing')
}
