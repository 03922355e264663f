/**
 * One answer of the model: a command it wants to run, any tool call, its closing words, its answer under a
 * schema, or an HTTP error.
 * `think` is what it says to itself before. A failure has the body that the service itself would send;
 * 401 stands for a wrong key, whatever status the service gives that.
 */
export type ModelStep = { delayMs?: number; think?: string } & (
  | { run: string }
  | { tool: string; input: Readonly<Record<string, unknown>> }
  | { say: string }
  | { answer: unknown }
  | { fail: number; message?: string }
)

/** A step that the model itself takes. */
export type AnswerStep = Exclude<ModelStep, { fail: number }>
/** A step in which the service answers with an error. */
export type FailStep = Extract<ModelStep, { fail: number }>

/** What the model does for a prompt: the first script that matches the last user message counts. */
export interface ModelScript {
  when: string | RegExp
  /** In order; the last one repeats. */
  steps: readonly ModelStep[]
}

/** What a conversation has come to: its last user message, and how many tool calls were answered since. */
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

/** A planner's answer. */
export const planStep = (plan: unknown): ModelStep => ({ answer: plan })
