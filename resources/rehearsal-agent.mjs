#!/usr/bin/env node
/**
 * The rehearsal agent: a small deterministic program in the place of a coding agent. No model is asked
 * and no key is needed; it makes the edits that its prompt spells out, so that everything around an
 * agent can be shown and tested. Everything it says is labelled as a rehearsal.
 *
 *   node rehearsal-agent.mjs [--resume SESSION] [--answer] < PROMPT
 *
 * The prompt may hold fenced blocks of steps, performed in order in the current folder:
 *
 *   ```rehearsal
 *   SAY I add the parser.
 *   WRITE src/parser.js <<END
 *   export const parse = (text) => text.split(',')
 *   END
 *   APPEND README.md <<END
 *   One line more.
 *   END
 *   REPLACE src/main.js <<OLD <<NEW
 *   old text, which must occur exactly once
 *   OLD
 *   new text
 *   NEW
 *   DELETE old.txt
 *   RUN node --test
 *   SLEEP 300
 *   FAIL why it fails
 *   ```
 *
 * - One step a line. Content stands between the step and the word after `<<`, alone on its line.
 * - Paths are relative and stay inside the folder. RUN gives a line to the shell; its exit code is told
 *   and changes nothing. SLEEP takes milliseconds. FAIL ends the run as failed.
 * - Steps that are already done are passed over, so a run that was interrupted can simply go on.
 * - The last SAY is the closing answer.
 * - A block opened by ```rehearsal red is performed instead when the prompt holds the log of a red check
 *   (a block opened by ```check-log): the second try.
 * - A fence may have more than three backticks; content that holds a fence needs one that is longer.
 * - With --answer a structured answer is wanted: the content of a ```rehearsal plan block if there is
 *   one, else a plan of one task for what follows the line `Goal:`.
 * - Without any block it leaves a note under rehearsal-notes/ that says what it was asked.
 *
 * Output: JSON lines, the vocabulary of custom agents.
 */
import { spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

/** @typedef {{verb: string, rest: string, blocks: string[], line: string}} Step */

// How long a command of a rehearsal may take: it is a demonstration, not a build.
const RUN_MS = 120_000
// A title is a line on a card.
const TITLE_CHARS = 80

/** Said in the closing event: the rehearsal fails, by its script or because it cannot be followed. */
class RehearsalFailure extends Error {}

/** @param {object} event */
const tell = (event) => writeLine(JSON.stringify(event))

/** Written at once and whole, however slow the terminal is. @param {string} line */
const writeLine = (line) => writeFileSync(1, `${line}\n`)

/**
 * The first fenced block with exactly this label, without its fence.
 * @param {string} prompt @param {string} label
 */
function findBlock(prompt, label) {
  const lines = prompt.split(/\r?\n/)
  for (const [at, line] of lines.entries()) {
    const [, indent, fence, name] = /^(\s*)(`{3,})\s*(.*?)\s*$/.exec(line) ?? []
    if (indent === undefined || fence === undefined || name !== label) continue
    const rest = lines.slice(at + 1)
    // As in CommonMark: closed by at least as many backticks, so that content may hold shorter fences.
    const close = rest.findIndex((each) => /^\s*(`{3,})\s*$/.exec(each)?.[1]?.startsWith(fence))
    const content = close < 0 ? rest : rest.slice(0, close)
    return content.map((each) => stripIndent(each, indent.length)).join('\n')
  }
  return undefined
}

/** A block inside a list or quotation is indented as a whole. @param {string} line @param {number} indent */
const stripIndent = (line, indent) =>
  line.slice(0, indent).trim() === '' ? line.slice(indent) : line

/** @param {string} block @returns {Step[]} */
function parseSteps(block) {
  const lines = block.split('\n')
  /** @type {Step[]} */
  const steps = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim()
    if (line === '' || line.startsWith('#')) continue
    const words = [...line.matchAll(/<<(\w+)/g)].map((match) => match[1] ?? '')
    const takesBlocks = /^(WRITE|APPEND|REPLACE)\s/.test(line)
    const blocks = (takesBlocks ? words : []).map((word) => {
      const end = lines.findIndex((each, index) => index > at && each.trim() === word)
      if (end < 0) throw new RehearsalFailure(`no line ${word} ends the content of: ${line}`)
      const content = lines.slice(at + 1, end).join('\n')
      at = end
      return content
    })
    const [, verb = '', text = ''] = /^(\w+)\s*(.*)$/.exec(line) ?? []
    const rest = takesBlocks ? text.replace(/\s*<<.*$/, '') : text
    steps.push({ verb, rest, blocks, line })
  }
  return steps
}

/** @param {string} path */
function inside(path) {
  const place = resolve(path)
  const way = relative(process.cwd(), place)
  if (path === '' || way === '' || way.startsWith('..') || isAbsolute(way)) {
    throw new RehearsalFailure(`not a path inside the folder: ${path}`)
  }
  return place
}

/** @param {string} path @param {string} content */
function write(path, content) {
  const place = inside(path)
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(place, content)
  tell({ type: 'file_change', paths: [path] })
}

/** @param {string} path */
const read = (path) => (existsSync(inside(path)) ? readFileSync(inside(path), 'utf8') : '')

/** @param {Step} step */
function blockOf(step, index = 0) {
  const block = step.blocks[index]
  if (block === undefined) throw new RehearsalFailure(`content is missing: ${step.line}`)
  return block
}

/** @param {Step} step */
function append(step) {
  const before = read(step.rest)
  const added = `${blockOf(step)}\n`
  if (!before.endsWith(added)) write(step.rest, before + added)
}

/** @param {Step} step */
function replaceOnce(step) {
  const before = read(step.rest)
  const [old, replacement] = [blockOf(step, 0), blockOf(step, 1)]
  const count = before.split(old).length - 1
  if (count === 0 && before.includes(replacement)) return
  if (count !== 1) throw new RehearsalFailure(`found ${count} times, not once: ${step.line}`)
  write(
    step.rest,
    before.replace(old, () => replacement),
  )
}

/** @param {string} command */
function runCommand(command) {
  tell({ type: 'command', command, state: 'started' })
  const ended = spawnSync(command, { shell: true, encoding: 'utf8', timeout: RUN_MS })
  const output = `${ended.stdout ?? ''}${ended.stderr ?? ''}`
  tell({ type: 'command', command, state: 'ended', output, exitCode: ended.status })
}

/** @type {Record<string, (step: Step) => void | Promise<void>>} */
const verbs = {
  SAY: (step) => tell({ type: 'message', text: step.rest }),
  WRITE: (step) => write(step.rest, `${blockOf(step)}\n`),
  APPEND: append,
  REPLACE: replaceOnce,
  DELETE: (step) => {
    rmSync(inside(step.rest), { recursive: true, force: true })
    tell({ type: 'file_change', paths: [step.rest] })
  },
  RUN: (step) => runCommand(step.rest),
  SLEEP: (step) => sleep(Number(step.rest)),
  FAIL: (step) => {
    throw new RehearsalFailure(step.rest || 'the script says so')
  },
}

/** @param {string} prompt */
function noteOnly(prompt) {
  const name = createHash('sha256').update(prompt).digest('hex').slice(0, 12)
  const quoted = prompt
    .trim()
    .split(/\r?\n/)
    .map((line) => `> ${line}`)
    .join('\n')
  const text = `# A rehearsal\n\nNo model was asked. A rehearsal agent stood in, and was told:\n\n${quoted}\n`
  write(`rehearsal-notes/${name}.md`, text)
}

/** @param {string} prompt */
function planFor(prompt) {
  const script = findBlock(prompt, 'rehearsal plan')
  if (script !== undefined) return JSON.parse(script)
  const goal = /^(?:#+\s*)?Goal:?[ \t]*\n?(.+)/ms.exec(prompt)?.[1]?.trim()
  if (!goal) return { tasks: [] }
  return { tasks: [{ title: goal.split('\n')[0]?.slice(0, TITLE_CHARS), prompt: goal }] }
}

/** @param {string} prompt */
async function perform(prompt) {
  const isSecondTry = findBlock(prompt, 'check-log') !== undefined
  const script =
    (isSecondTry ? findBlock(prompt, 'rehearsal red') : undefined) ?? findBlock(prompt, 'rehearsal')
  if (script === undefined) {
    noteOnly(prompt)
    return 'This was a rehearsal without a script: I left a note and nothing else.'
  }
  const steps = parseSteps(script)
  for (const step of steps) {
    const verb = verbs[step.verb]
    if (!verb) throw new RehearsalFailure(`unknown step: ${step.line}`)
    await verb(step)
  }
  const said = steps.findLast((step) => step.verb === 'SAY')?.rest
  return said ?? 'The rehearsal is over; every step of its script was done.'
}

async function main() {
  const { values } = parseArgs({
    options: { resume: { type: 'string' }, answer: { type: 'boolean', default: false } },
  })
  const prompt = readFileSync(0, 'utf8')
  tell({ type: 'session', id: values.resume ?? randomUUID() })
  tell({
    type: 'message',
    text: 'Rehearsal: no model is asked; I do what the script in my prompt says.',
  })
  try {
    const answer = values.answer ? planFor(prompt) : await perform(prompt)
    tell({ type: 'usage', inputTokens: 0, outputTokens: 0, costUsd: 0 })
    tell({ type: 'result', ok: true, answer })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    tell({ type: 'result', ok: false, message: `rehearsal: ${message}` })
    process.exitCode = 1
  }
}

await main()
