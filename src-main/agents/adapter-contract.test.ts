import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outputItemSchema } from '../../src-shared/contract/index.ts'
import type { AgentAdapter, AgentEvent } from './adapter.ts'
import { claude } from './fixture/subjects/claude.ts'
import { codex } from './fixture/subjects/codex.ts'
import { customJson, customText } from './fixture/subjects/custom.ts'
import { gemini } from './fixture/subjects/gemini.ts'
import { rehearsal } from './fixture/subjects/rehearsal.ts'
import { type Recording, type Subject, settings } from './fixture/subjects/subject.ts'

const subjects: readonly Subject[] = [codex, claude, gemini, rehearsal, customJson, customText]
const NONE = { exitCode: null }
const launch = { settings, dir: '/runs/1', worktree: '/work', prompt: 'go' }
const resumed = { ...launch, resume: '0a1b2c3d-0000-4000-8000-000000000000' }

function parse(
  adapter: AgentAdapter,
  chunks: readonly Buffer[],
  {
    exitCode,
    decision = 'deny',
    resume,
  }: Pick<Recording, 'decision' | 'resume'> & { exitCode: number | null },
): AgentEvent[] {
  const parser = adapter.createParser(resume ? resumed : launch)
  const answered = (events: AgentEvent[]): AgentEvent[] =>
    events.flatMap((event) =>
      event.type === 'asked'
        ? [event, ...(parser.answer?.(event.question.id, { decision }) ?? [])]
        : [event],
    )
  const begun = parser.begin?.() ?? []
  // Nothing follows a question before it is answered: lines come one by one.
  const said = chunks.flatMap(toLines).flatMap((piece) => answered(parser.push(piece)))
  return [...begun, ...said, ...parser.end(exitCode)]
}

/** The same bytes, in pieces that hold no more than the end of one line. */
function toLines(chunk: Buffer): Buffer[] {
  const end = chunk.indexOf('\n') + 1
  return end === 0 || end === chunk.length
    ? [chunk]
    : [chunk.subarray(0, end), ...toLines(chunk.subarray(end))]
}

/** What is told, in an order that does not depend on when a person answered. */
const told = (events: readonly AgentEvent[]): string[] =>
  events.map((event) => JSON.stringify(event)).sort()

const closingOf = (events: readonly AgentEvent[]) =>
  events.flatMap((event) => (event.type === 'closed' ? [event.closing] : []))
const itemsOf = (events: readonly AgentEvent[]) =>
  events.flatMap((event) => (event.type === 'item' ? [event.item] : []))

/** Cuts at any places, empty pieces and single bytes included. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  )
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

for (const { name, folder, adapter, isJson, saying, recordings } of subjects) {
  const home = join(import.meta.dirname, folder, 'recordings')
  const read = (file: string) => readFileSync(join(home, file))

  describe(`the adapter contract: ${name}`, () => {
    it('says what it is', () => {
      expect(adapter.descriptor.closing).not.toBe('')
      expect(adapter.descriptor.asking).not.toBe('')
      expect(adapter.descriptor.kinds.length).toBeGreaterThan(0)
    })

    for (const [file, wanted] of Object.entries(recordings)) {
      it(`reads ${file}`, () => {
        const events = parse(adapter, [read(file)], wanted)
        expect(closingOf(events)).toEqual([expect.objectContaining(wanted.closing)])
        expect([...new Set(itemsOf(events).map((item) => item.kind))].sort()).toEqual(wanted.kinds)
        for (const item of itemsOf(events)) expect(outputItemSchema.parse(item)).toEqual(item)
        const usage = events
          .flatMap((event) => (event.type === 'usage' ? [event.usage] : []))
          .at(-1)
        const [inputTokens, outputTokens, costUsd] = wanted.usage ?? []
        expect(usage).toEqual(wanted.usage && { inputTokens, outputTokens, costUsd })
        const session = events.flatMap((event) => (event.type === 'session' ? [event.id] : []))
        expect(session[0]).toEqual(wanted.session)
      })

      it(`gives the same events for ${file}, however its bytes are cut`, () => {
        const bytes = read(file)
        const whole = told(parse(adapter, [bytes], wanted))
        fc.assert(
          fc.property(fc.array(fc.nat(), { maxLength: 40 }), (places) => {
            expect(told(parse(adapter, cut(bytes, places), wanted))).toEqual(whole)
          }),
          { numRuns: 60 },
        )
        const single = Array.from(bytes, (byte) => Buffer.from([byte]))
        expect(told(parse(adapter, single, wanted))).toEqual(whole)
      })
    }

    it('goes by the closing event and not by the exit code, where there is one', () => {
      if (!isJson) return expectExitCodeCounts(adapter)
      for (const [file, wanted] of Object.entries(recordings)) {
        for (const exitCode of [0, 1, 137, null]) {
          const [closing] = closingOf(parse(adapter, [read(file)], { ...wanted, exitCode }))
          expect(closing).toMatchObject(wanted.closing)
        }
        const cutOff = withoutClosing(adapter, read(file), wanted)
        expect(closingOf(parse(adapter, [cutOff], { ...wanted, exitCode: 0 }))).toEqual([])
      }
    })

    it('keeps what it does not know raw, and goes on', () => {
      const noise = [
        'WARNING: \u001b[31msomething\u001b[0m',
        '{"type":"future.event","x":[1]}',
        '{"type":',
        '[1,2]',
        '{"no":"type"}',
      ]
      for (const [file, wanted] of Object.entries(recordings)) {
        const lines = read(file).toString('utf8').trimEnd().split('\n')
        const noisy = [...noise, ...lines.flatMap((line) => [line, ...noise])].join('\r\n')
        const plain = parse(adapter, [read(file)], wanted)
        const events = parse(adapter, [Buffer.from(noisy)], wanted)
        expect(closingOf(events)).toHaveLength(closingOf(plain).length)
        const added = itemsOf(events).length - itemsOf(plain).length
        expect(added).toBe(noise.length * (lines.length + 1))
        const texts = itemsOf(events).map((item) => ('text' in item ? item.text : ''))
        expect(texts).toContain('WARNING: something')
        expect(texts).toContain('{"type":"future.event","x":[1]}')
      }
    })

    it('never throws, whatever the bytes are, and never claims success from noise', () => {
      const line = fc.oneof(
        fc.string(),
        fc.json(),
        fc
          .record({ type: fc.string(), item: fc.json(), usage: fc.json(), text: fc.json() })
          .map((event) => JSON.stringify(event)),
      )
      fc.assert(
        fc.property(fc.array(line), fc.uint8Array(), (lines, bytes) => {
          const events = parse(adapter, [Buffer.from(lines.join('\n')), Buffer.from(bytes)], NONE)
          expect(closingOf(events)).toEqual([])
          for (const item of itemsOf(events))
            expect(outputItemSchema.safeParse(item).success).toBe(true)
        }),
      )
    })

    it('removes what steers a terminal', () => {
      const evil = 'a\u001b]52;c;eA==\u0007b\u202ec\u009b31md'
      const said = saying?.(evil) ?? evil
      const events = parse(adapter, [Buffer.from(`${evil}\n${said}\n`)], NONE)
      const values = itemsOf(events).flatMap((item) => Object.values(item))
      expect(itemsOf(events)).toContainEqual({ kind: 'message', text: expect.any(String) })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are looked for
      for (const value of values) expect(String(value)).not.toMatch(/[\u001b\u0007\u202e\u009b]/)
    })

    it('hands the prompt over on standard input and never in an argument', () => {
      const prompt = 'top secret prompt'
      const mcp = { url: 'http://127.0.0.1:1/mcp' }
      const schema = { type: 'object' }
      const plan = adapter.plan({ ...launch, prompt, schema, mcp, resume: 'abc' })
      const argv = [plan.command, ...plan.args].join(' ')
      expect(argv).not.toContain(prompt)
      if (!plan.dialogue) {
        expect(plan.files).toContainEqual({ name: 'prompt', content: prompt })
        return
      }
      expect(JSON.stringify(plan.files)).not.toContain(prompt)
      const [[file = '', wanted] = []] = Object.entries(recordings)
      const sent = parse(adapter, [read(file)], wanted ?? NONE).flatMap((event) =>
        event.type === 'send' ? [event.text] : [],
      )
      expect(sent.join('')).toContain(`"text":"${launch.prompt}"`)
    })
  })
}

/** Text output has no closing event: zero is success, another code failure, a signal says nothing. */
function expectExitCodeCounts(adapter: AgentAdapter): void {
  const closing = (exitCode: number | null) =>
    closingOf(parse(adapter, [Buffer.from('words\n')], { exitCode })).map((each) => each.ok)
  expect([closing(0), closing(2), closing(null)]).toEqual([[true], [false], []])
}

/** The recording up to its closing line: the program died just before. */
function withoutClosing(adapter: AgentAdapter, bytes: Buffer, { resume }: Recording): Buffer {
  const lines = bytes.toString('utf8').trimEnd().split('\n')
  const parser = adapter.createParser(resume ? resumed : launch)
  parser.begin?.()
  const closing = lines.findIndex((line) => {
    return closingOf(parser.push(Buffer.from(`${line}\n`))).length > 0
  })
  return Buffer.from(lines.slice(0, closing).join('\n'))
}

it('every recording is read by a test', () => {
  for (const folder of new Set(subjects.map((subject) => subject.folder))) {
    const found = readdirSync(join(import.meta.dirname, folder, 'recordings')).sort()
    const tested = subjects
      .filter((subject) => subject.folder === folder)
      .flatMap((subject) => Object.keys(subject.recordings))
      .sort()
    expect(found).toEqual(tested)
  }
})
