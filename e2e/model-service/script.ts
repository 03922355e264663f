/** One answer of the model: a command it wants to run, its closing words, or an HTTP error. */
export type ModelStep = { delayMs?: number } & (
  | { run: string }
  | { say: string }
  | { fail: number; message?: string }
)

/** What the model does for a prompt: the first script that matches the last user message counts. */
export interface ModelScript {
  when: string | RegExp
  /** In order; the last one repeats. */
  steps: readonly ModelStep[]
}

/** What a conversation has come to: its last user message, and how many commands were answered since. */
export interface ConversationState {
  prompt: string
  answered: number
}

/** The model's next answer. No script matches: it says so, which a test then sees in the transcript. */
export function nextStep(scripts: readonly ModelScript[], state: ConversationState): ModelStep {
  const script = scripts.find(({ when }) =>
    typeof when === 'string' ? state.prompt.includes(when) : when.test(state.prompt),
  )
  const steps = script?.steps ?? []
  return steps[state.answered] ?? steps.at(-1) ?? { say: 'no script matches this prompt' }
}

/** A planner's answer: the plan as one line of JSON. */
export const planStep = (plan: unknown): ModelStep => ({ say: JSON.stringify(plan) })
