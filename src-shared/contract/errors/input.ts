import type { Wording } from './wording.ts'

const NOTHING = 'Nothing was started and nothing was changed.'

/** What the user gave cannot be used as it is. */
export const inputErrors = {
  goal_empty: {
    what: 'The goal is empty.',
    kept: NOTHING,
    next: 'Say in a sentence what should be done.',
  },
  goal_too_long: {
    what: 'The goal is longer than 100,000 characters.',
    kept: NOTHING,
    next: 'Shorten it, or put the material into a file of the repository and name the file in the goal.',
  },
  plan_invalid: {
    what: 'The plan does not have the form of a plan.',
    kept: NOTHING,
    next: 'Correct the place named and give the plan again.',
  },
  plan_cycle: {
    what: 'Tasks of the plan need each other in a circle.',
    kept: NOTHING,
    next: 'Remove one of the needs named.',
  },
  plan_duplicate: {
    what: 'Two tasks of the plan have the same id.',
    kept: NOTHING,
    next: 'Give each task an id of its own.',
  },
  plan_unknown_need: {
    what: 'A task of the plan needs a task that the plan does not have.',
    kept: NOTHING,
    next: 'Add that task or remove the need.',
  },
  agent_unknown: {
    what: 'There is no agent of that name.',
    kept: NOTHING,
    next: 'Use one of the agents that `doctor` lists, or configure it with --config.',
  },
  agent_unavailable: {
    what: 'The agent cannot be used on this machine at the moment.',
    kept: NOTHING,
    next: 'See `doctor` for what is missing.',
  },
  config_invalid: {
    what: 'A configuration file cannot be used.',
    kept: NOTHING,
    next: 'Correct the key named, on the line named.',
  },
  config_untrusted: {
    what: 'The repository brings commands in `.thalogos.json` that were not trusted yet.',
    kept: 'They were not run.',
    next: 'Read the file, then trust exactly this content (--trust in the terminal).',
  },
  host_refused: {
    what: 'The request names a host that is not this machine.',
    kept: 'It was not carried out.',
    next: 'Use the address that was printed at the start.',
  },
  origin_refused: {
    what: 'The request comes from a page that is not Thalogos.',
    kept: 'It was not carried out.',
    next: 'Open the address that was printed at the start.',
  },
  token_refused: {
    what: 'The token is missing or not the right one.',
    kept: 'The request was not carried out.',
    next: 'Open the whole address that was printed at the start; each start has a new token.',
  },
  request_invalid: {
    what: 'The request does not have the form it should have.',
    kept: 'It was not carried out.',
    next: 'See the API description.',
  },
  scope_refused: {
    what: 'The token is right, but not for this.',
    kept: 'The request was not carried out.',
    next: 'Use the token that was printed at the start.',
  },
  body_too_large: {
    what: 'The request is larger than 1 MiB.',
    kept: 'It was not carried out.',
    next: 'Put the material into a file of the repository and name the file instead.',
  },
  media_type_refused: {
    what: 'The request is not JSON.',
    kept: 'It was not carried out.',
    next: 'Send it with the content type application/json.',
  },
  rate_exceeded: {
    what: 'There were more requests in a minute than any interface sends.',
    kept: 'The request was not carried out.',
    next: 'Wait a minute, then try again.',
  },
  settings_locked: {
    what: 'The settings come from the file that was named with --config.',
    kept: NOTHING,
    next: 'Change that file and start again, or start without --config.',
  },
  config_changed: {
    what: 'The `.thalogos.json` of the repository is not the one that you saw.',
    kept: 'It was not trusted.',
    next: 'Look at its present content, then trust that.',
  },
  port_unavailable: {
    what: 'The port cannot be used.',
    kept: NOTHING,
    next: 'Name another one with --port, or leave it out to get a free one.',
  },
  file_unreadable: {
    what: 'A file named on the command line cannot be read.',
    kept: NOTHING,
    next: 'Correct its name or its rights.',
  },
  usage: {
    what: 'The command line cannot be understood.',
    kept: NOTHING,
    next: 'See --help.',
  },
} as const satisfies Record<string, Wording>
