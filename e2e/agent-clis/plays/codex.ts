import { planStep } from '../../model-service/index.ts'
import { codexFragment } from '../codex-config.ts'
import { type Play, plan, planSchema } from './play.ts'

export const codex: Play = {
  folder: 'codex',
  scripts: [
    {
      when: 'edit',
      steps: [
        { run: 'echo hello > hello.txt' },
        { run: 'cat nope.txt' },
        {
          run: "apply_patch <<'PATCH'\n*** Begin Patch\n*** Update File: hello.txt\n@@\n-hello\n+hallo\n*** Add File: ä.txt\n+umlaut\n*** End Patch\nPATCH",
        },
        { run: "printf 'red \\033[31mtext\\033[0m\\n'; seq 1 200" },
        { say: 'I wrote hello.txt.' },
      ],
    },
    { when: 'go on', steps: [{ say: 'I went on.' }] },
    { when: 'no change', steps: [{ say: 'done' }] },
    { when: 'wrong key', steps: [{ fail: 401 }] },
    { when: 'too many', steps: [{ fail: 429 }] },
    { when: 'broken', steps: [{ fail: 500 }] },
    { when: 'plan', steps: [planStep(plan)] },
    {
      when: 'may I',
      steps: [
        {
          tool: 'exec_command',
          input: {
            cmd: 'touch ../asked.txt',
            sandbox_permissions: 'require_escalated',
            justification: 'it lies outside',
          },
        },
        { say: 'I asked.' },
      ],
    },
    {
      when: 'patch',
      steps: [
        {
          run: "apply_patch <<'PATCH'\n*** Begin Patch\n*** Add File: ../../../etc/no-such-folder/x.txt\n+x\n*** End Patch\nPATCH",
        },
        { say: 'I asked.' },
      ],
    },
    {
      when: 'with a helper',
      steps: [
        { tool: 'multi_agent_v1.spawn_agent', input: { message: 'help' } },
        { run: 'until [ -e helped.txt ]; do sleep 0.1; done; sleep 1' },
        { say: 'We did it.' },
      ],
    },
    // What a helper said last reaches the one that set it to work as a message.
    { when: 'I helped.', steps: [{ say: 'We did it.' }] },
    { when: /^help/, steps: [{ run: 'touch helped.txt' }, { say: 'I helped.' }] },
  ],
  agents: (clis, given) => ({ codex: codexFragment({ command: clis.codex, ...given }) }),
  async perform(record) {
    const first = await record('codex', 'edit.jsonl', { prompt: 'edit' })
    await record('codex', 'resume.jsonl', { prompt: 'go on', resume: first.cliSessionId ?? '' })
    await record('codex', 'no-change.jsonl', { prompt: 'no change' })
    await record('codex', 'wrong-key.jsonl', { prompt: 'wrong key' })
    await record('codex', 'rate-limited.jsonl', { prompt: 'too many' })
    await record('codex', 'server-error.jsonl', { prompt: 'broken' })
    await record('codex', 'plan.jsonl', { prompt: 'plan', schema: planSchema })
    await record('codex', 'allowed.jsonl', { prompt: 'may I', decision: 'allow' })
    await record('codex', 'denied.jsonl', { prompt: 'may I', decision: 'deny' })
    await record('codex', 'denied-edit.jsonl', { prompt: 'patch', decision: 'deny' })
    // A model that it does not know can set helpers to work by the plain call that is scripted here.
    await record('codex', 'helper.jsonl', { prompt: 'with a helper', model: 'gpt-5-codex' })
  },
}
