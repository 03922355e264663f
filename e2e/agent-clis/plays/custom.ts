import type { Play } from './play.ts'

const JSON_PROGRAM = `
echo 'starting up' >&2; cat >/dev/null; echo 'WARNING: not an event'
echo '{"type":"session","id":"s-1"}'
echo '{"type":"message","text":"working — ünïcode"}'
echo '{"type":"command","command":"make","state":"started"}'
echo '{"type":"command","command":"make","state":"ended","output":"ok","exitCode":0}'
echo '{"type":"heartbeat","n":1}'
echo '{"type":"tool","name":"search","text":"where"}'
echo '{"type":"usage","inputTokens":10,"outputTokens":2,"costUsd":0.5}'
echo '{"type":"result","ok":true,"answer":{"tasks":[]}}'`
const TEXT_PROGRAM = 'printf "thinking\\n\\033[1mdone\\033[0m\\n"; cat'

const shell = (line: string) => ({ command: '/bin/sh', args: ['-c', line] })

/** A program of somebody's own, in both output forms of the custom agent. */
export const custom: Play = {
  folder: 'custom',
  scripts: [],
  agents: () => ({
    custom: { ...shell(JSON_PROGRAM), output: 'json-lines' },
    'custom-text': shell(TEXT_PROGRAM),
  }),
  async perform(record) {
    await record('custom', 'result.jsonl', { prompt: 'go' })
    await record('custom-text', 'text.txt', { prompt: 'the prompt' })
  },
}
