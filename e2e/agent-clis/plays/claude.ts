import { planStep } from '../../model-service/index.ts'
import { claudeFragment } from '../claude-config.ts'
import { type Play, plan, planSchema } from './play.ts'

export const claude: Play = {
  folder: 'claude',
  scripts: [
    {
      when: 'edit',
      steps: [
        { run: 'pwd' },
        { run: 'cat nope.txt' },
        { tool: 'Write', input: { file_path: 'ä.txt', content: 'one\ntwo\n' } },
        { tool: 'Read', input: { file_path: 'ä.txt' } },
        { tool: 'Edit', input: { file_path: 'ä.txt', old_string: 'two', new_string: '2' } },
        { tool: 'Edit', input: { file_path: 'ä.txt', old_string: 'three', new_string: '3' } },
        { run: "printf 'red \\033[31mtext\\033[0m\\n'; seq 1 200" },
        { say: 'I wrote ä.txt.' },
      ],
    },
    { when: 'go on', steps: [{ say: 'I went on.' }] },
    { when: 'no change', steps: [{ say: 'done' }] },
    { when: 'wrong key', steps: [{ fail: 401 }] },
    { when: 'broken', steps: [{ fail: 400 }] },
    { when: 'too many', steps: [{ fail: 529 }] },
    { when: 'forbidden', steps: [{ fail: 403 }] },
    { when: 'plan', steps: [planStep(plan)] },
    {
      when: 'may I',
      steps: [{ think: 'May I?', run: `sh -c 'echo > asked.txt'` }, { say: 'I asked.' }],
    },
  ],
  agents: (clis, given) => ({ claude: claudeFragment({ command: clis.claude, ...given }) }),
  async perform(record) {
    const first = await record('claude', 'edit.jsonl', { prompt: 'edit' })
    await record('claude', 'resume.jsonl', { prompt: 'go on', resume: first.cliSessionId ?? '' })
    await record('claude', 'no-change.jsonl', { prompt: 'no change' })
    await record('claude', 'wrong-key.jsonl', { prompt: 'wrong key' })
    await record('claude', 'out-of-credit.jsonl', { prompt: 'broken' })
    await record('claude', 'overloaded.jsonl', { prompt: 'too many' })
    await record('claude', 'forbidden.jsonl', { prompt: 'forbidden' })
    await record('claude', 'denied.jsonl', { prompt: 'may I' })
    await record('claude', 'plan.jsonl', { prompt: 'plan', schema: planSchema })
  },
}
