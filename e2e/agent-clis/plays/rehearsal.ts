import { type Play, planSchema } from './play.ts'

const EDIT =
  'Show it.\n```rehearsal\nSAY I write.\nWRITE a.txt <<END\none\nEND\nRUN cat a.txt b.txt\n```'
const FAILURE = '```rehearsal\nFAIL as it should\n```'

export const rehearsal: Play = {
  folder: 'rehearsal',
  scripts: [],
  agents: () => ({ rehearsal: {} }),
  async perform(record) {
    await record('rehearsal', 'edit.jsonl', { prompt: EDIT })
    await record('rehearsal', 'failure.jsonl', { prompt: FAILURE })
    await record('rehearsal', 'plan.jsonl', { prompt: 'Goal:\nMake it.', schema: planSchema })
  },
}
