import { join } from 'node:path'
import { taskKinds } from '../../../src-shared/contract/index.ts'
import type { AgentAdapter, LaunchInput } from '../adapter.ts'
import { createJsonLinesParser } from '../custom/json-lines-parser.ts'

/**
 * The rehearsal agent: no model, only the steps that its prompt spells out
 * (resources/rehearsal-agent.mjs), so that everything around an agent can be shown and tested.
 */
export function createRehearsalAdapter(id: string, resourcesDir: string): AgentAdapter {
  const program = join(resourcesDir, 'rehearsal-agent.mjs')
  const own = id.slice('rehearsal-'.length)
  return {
    descriptor: {
      id,
      name: own === '' ? 'Rehearsal' : `Rehearsal ${own}`,
      kinds: taskKinds,
      resume: true,
      structured: true,
      approvals: false,
      mcp: false,
      models: [],
      closing: 'its result line',
      asking: 'it never asks',
    },
    inherits: [],
    probe: () => Promise.resolve({ available: true, version: '1' }),
    plan: (input: LaunchInput) => ({
      command: process.execPath,
      args: [
        program,
        ...(input.resume === undefined ? [] : ['--resume', input.resume]),
        ...(input.schema === undefined ? [] : ['--answer']),
      ],
      // Inside Electron the executable is Electron's, which is Node when told so.
      env: process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' },
      files: [{ name: 'prompt', content: input.prompt }],
      stdin: 'prompt',
    }),
    createParser: createJsonLinesParser,
    explain: () => undefined,
  }
}
