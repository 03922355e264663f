import { planStep } from '../../model-service/index.ts'
import { GEMINI_MODEL, geminiFragment } from '../gemini-config.ts'
import { type Play, plan, planSchema } from './play.ts'

export const gemini: Play = {
  folder: 'gemini',
  scripts: [
    {
      when: 'edit',
      steps: [
        { think: '**Looking around** There is little here.', run: 'echo hello > hello.txt' },
        { run: 'cat nope.txt' },
        { tool: 'write_file', input: { file_path: 'ä.txt', content: 'one\ntwo\n' } },
        {
          tool: 'replace',
          input: { file_path: 'ä.txt', old_string: 'two', new_string: '2', instruction: 'a digit' },
        },
        {
          tool: 'replace',
          input: {
            file_path: 'ä.txt',
            old_string: 'three',
            new_string: '3',
            instruction: 'a digit',
          },
        },
        // A build file: asked for, though it lies in the worktree.
        { tool: 'write_file', input: { file_path: 'package.json', content: '{}\n' } },
        { tool: 'read_file', input: { file_path: 'ä.txt' } },
        { tool: 'write_todos', input: { todos: [{ description: 'all', status: 'completed' }] } },
        { run: "printf 'red \\033[31mtext\\033[0m\\n'; seq 1 200" },
        { run: 'exit 7' },
        { say: 'I wrote hello.txt.' },
      ],
    },
    { when: 'go on', steps: [{ say: 'I went on.' }] },
    { when: 'no change', steps: [{ say: 'done' }] },
    { when: 'wrong key', steps: [{ fail: 401 }] },
    { when: 'too many', steps: [{ fail: 429 }] },
    { when: 'broken', steps: [{ fail: 500 }] },
    { when: 'plan', steps: [planStep(plan)] },
    { when: 'may I', steps: [{ run: 'touch asked.txt' }, { say: 'I asked.' }] },
  ],
  agents: (clis, given) => ({
    gemini: { ...geminiFragment({ command: clis.gemini, ...given }), model: GEMINI_MODEL },
  }),
  async perform(record) {
    await record('gemini', 'edit.jsonl', { prompt: 'edit', decision: 'allow' })
    const first = await record('gemini', 'no-change.jsonl', { prompt: 'no change' })
    await record('gemini', 'resume.jsonl', { prompt: 'go on', resume: first.cliSessionId ?? '' })
    await record('gemini', 'wrong-key.jsonl', { prompt: 'wrong key' })
    await record('gemini', 'rate-limited.jsonl', { prompt: 'too many' })
    await record('gemini', 'server-error.jsonl', { prompt: 'broken' })
    await record('gemini', 'plan.jsonl', { prompt: 'plan', schema: planSchema })
    await record('gemini', 'allowed.jsonl', { prompt: 'may I', decision: 'allow' })
    await record('gemini', 'denied.jsonl', { prompt: 'may I', decision: 'deny' })
  },
}
