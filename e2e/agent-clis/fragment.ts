import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Settings of one agent, in the form of `--config`. */
export interface AgentFragment {
  command: string
  extraArgs: string[]
  env: Record<string, string>
}

/** What a fragment is made from. */
export interface FragmentInput {
  command: string
  /** The model service's url. */
  service: string
  /** An existing folder of the test. */
  home: string
  key?: string
}

export const SCRIPTED_KEY = 'scripted-key'

// The discard port: nothing listens there, so whatever a proxy is used for fails at once.
const DEAD_PROXY = 'http://127.0.0.1:9'

/** Whatever a CLI asks beyond loopback fails. */
export const NO_NETWORK: Readonly<Record<string, string>> = {
  HTTPS_PROXY: DEAD_PROXY,
  HTTP_PROXY: DEAD_PROXY,
  ALL_PROXY: DEAD_PROXY,
  NO_PROXY: '127.0.0.1,localhost',
}

/** Writes a settings file of a CLI into the home of a test. */
export function writeSettings(home: string, name: string, settings: object): void {
  const path = join(home, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(settings))
}
