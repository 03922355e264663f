/** What the user wrote, understood. */
export type Said =
  | { deed: 'say'; text: string }
  | { deed: 'delegate'; title: string; prompt: string; agent?: string }
  | { deed: 'save' | 'rollback' | 'pause' | 'resume' | 'finish' }
  | { deed: 'unknown'; word: string }

/** What the composer knows beside plain words. */
const ORDERS: readonly { word: string; means: string }[] = [
  { word: '/delegate', means: 'one more task: /delegate @agent what to do' },
  { word: '/save', means: 'see what Save would do, and save' },
  { word: '/rollback', means: 'take the branch back to a checkpoint' },
  { word: '/pause', means: 'stop all agents; what they did is kept' },
  { word: '/resume', means: 'let a paused session go on' },
  { word: '/finish', means: 'end the session for good' },
]

const PLAIN = ['save', 'rollback', 'pause', 'resume', 'finish'] as const
// A title is the first sentence, cut where a line of the board ends.
const MAX_TITLE = 80

/** Reads a line of the composer; words that begin with `@agent` are a task for that agent. Pure. */
export function readSaid(text: string, agents: readonly string[]): Said {
  const words = text.trim()
  const order = /^\/(\w+)\s*([\s\S]*)$/.exec(words)
  if (order) {
    const [, word = '', rest = ''] = order
    const plain = PLAIN.find((one) => one === word)
    // What follows is meant for something else: nobody ends a session by half a sentence.
    if (plain && rest.trim() === '') return { deed: plain }
    if (word === 'delegate' && rest.trim() !== '') return taskOf(rest.trim(), agents)
    return { deed: 'unknown', word: `/${word}` }
  }
  return agentOf(words, agents) === undefined ? { deed: 'say', text: words } : taskOf(words, agents)
}

const agentOf = (words: string, agents: readonly string[]): string | undefined => {
  const name = /^@([\w-]+)\s+\S/.exec(words)?.[1]
  return name !== undefined && agents.includes(name) ? name : undefined
}

function taskOf(words: string, agents: readonly string[]): Said {
  const agent = agentOf(words, agents)
  const prompt = agent === undefined ? words : words.slice(agent.length + 1).trim()
  const first = prompt.split(/[\n.]/, 1)[0] ?? prompt
  const title = first.length > MAX_TITLE ? `${first.slice(0, MAX_TITLE - 1)}…` : first
  return {
    deed: 'delegate',
    title: title || prompt.slice(0, MAX_TITLE),
    prompt,
    ...(agent === undefined ? {} : { agent }),
  }
}

/** What may follow what is being typed: orders after `/`, agents after `@`. */
export function completions(
  text: string,
  agents: readonly string[],
): readonly { word: string; means: string }[] {
  const last = /(?:^|\s)([@/][\w-]*)$/.exec(text)?.[1]
  if (last === undefined) return []
  if (last.startsWith('/')) {
    return text.trimStart() === last ? ORDERS.filter(({ word }) => word.startsWith(last)) : []
  }
  return agents
    .map((id) => ({ word: `@${id}`, means: 'a task for this agent' }))
    .filter(({ word }) => word.startsWith(last))
}
