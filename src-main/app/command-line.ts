import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type CommandContext, EXIT } from './commands/context.ts'
import { type DemoOptions, demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { type RunOptions, runCommand } from './commands/run.ts'
import { type ServeOptions, serveCommand } from './commands/serve.ts'
import type { Screen } from './terminal/screen.ts'

const HIGHEST_PORT = 65_535

/** What the command line asks for, ready to be started with its surroundings. */
export type Job = (context: CommandContext) => Promise<number>
export type Parsed = { job: Job } | { exitCode: number }

/** Understands `args`; help, version and mistakes are said here and answered with an exit code. */
export async function parseCommandLine(
  args: readonly string[],
  { screen, version }: { screen: Screen; version: string },
): Promise<Parsed> {
  let job: Job | undefined
  const program = createProgram(version, (chosen) => {
    job = chosen
  })
  for (const command of [program, ...program.commands]) {
    command.exitOverride()
    command.configureOutput({
      writeOut: (text) => screen.line(text.trimEnd()),
      writeErr: (text) => screen.note(text.trimEnd()),
    })
  }
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage }
  }
  return job ? { job } : { exitCode: EXIT.usage }
}

function createProgram(version: string, choose: (job: Job) => void): Command {
  const program = new Command('thalogos')
    .description(
      'Several command-line coding agents on one local repository, saved as checkpoints.',
    )
    .version(version)
    .showHelpAfterError('See --help.')
    .helpCommand(false)
  addRun(program, choose)
  program
    .command('demo')
    .description('the main job on a sample repository with rehearsal agents: no key, no network')
    .addOption(dataOption())
    .action((options: DemoOptions) => choose((context) => demoCommand(context, options)))
  program
    .command('serve')
    .description('the interface and its gateway on this machine, for a browser')
    .option('--port <n>', 'a fixed port instead of a free one', toPort)
    .addOption(dataOption())
    .addOption(configOption())
    .option('--json', 'print {"url","token"} as the first line', false)
    .option('--reuse', 'where the data folder is served already, print that address instead', false)
    .action((options: ServeOptions) => choose((context) => serveCommand(context, options)))
  program
    .command('doctor')
    .description('what is installed and usable, and what to do about the rest')
    .addOption(dataOption())
    .addOption(configOption())
    .option('--json', 'print it as one JSON object', false)
    .action((options: { data?: string; config?: string; json: boolean }) =>
      choose((context) => doctorCommand(context, options)),
    )
  return program
}

function addRun(program: Command, choose: (job: Job) => void): void {
  program
    .command('run')
    .description('one session on a repository, from a goal to verified work')
    .argument('<goal>', 'what should be done, in a sentence; - reads it from standard input')
    .requiredOption('--repo <dir>', 'the repository')
    .option('--plan <file>', 'the tasks, instead of a planner agent')
    .option('--agent <id>', 'an agent that may be used; may be given again', collect, [])
    .addOption(configOption())
    .addOption(dataOption())
    .option('--save', 'save the result onto the target as a checkpoint', false)
    .option('--allow-unchecked', 'save even though no check ran', false)
    .option('--trust', "trust the repository's .thalogos.json as it is now", false)
    .option('--json', 'print the event stream, one JSON object a line', false)
    .action(
      (
        goal: string,
        { agent, ...options }: Omit<RunOptions, 'goal' | 'agents'> & { agent: string[] },
      ) => choose((context) => runCommand(context, { ...options, goal, agents: agent })),
    )
}

const dataOption = () => new Option('--data <dir>', 'the data folder')
const configOption = () => new Option('--config <file>', 'agents and limits (JSON)')
const collect = (value: string, before: string[]) => [...before, value]

function toPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > HIGHEST_PORT) {
    throw new InvalidArgumentError(`a number from 0 to ${HIGHEST_PORT}`)
  }
  return port
}
