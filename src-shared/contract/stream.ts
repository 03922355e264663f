import * as z from 'zod'

/** `raw`: the bytes of the terminal. `readable`: the transcript, as lines for a terminal. */
export const terminalViews = ['raw', 'readable'] as const
export type TerminalView = (typeof terminalViews)[number]

const run = z.string().min(1).max(64)
const size = (min: number, max: number) => z.number().int().min(min).max(max)
const offset = z.number().int().nonnegative()

/** What is typed at once: a paste of half a megabyte is a mistake. */
const MAX_INPUT = 524_288

/** What a client of the stream sends, as JSON in text frames. */
export const clientFrameSchema = z.discriminatedUnion('type', [
  /** Shows a run from a byte on; a negative `from` counts from the end. A second attach replaces the first. */
  z.strictObject({
    type: z.literal('attach'),
    run,
    view: z.enum(terminalViews),
    from: z.number().int().default(0),
  }),
  z.strictObject({ type: z.literal('detach'), run }),
  /** How many more bytes of the run the client has dealt with. */
  z.strictObject({ type: z.literal('ack'), run, bytes: offset }),
  z.strictObject({ type: z.literal('input'), run, data: z.string().max(MAX_INPUT) }),
  z.strictObject({ type: z.literal('resize'), run, cols: size(2, 1_000), rows: size(1, 500) }),
])
export type ClientFrame = z.output<typeof clientFrameSchema>

/**
 * What the stream says in text frames besides events, which have a `seq` and no `frame`. A binary frame is the
 * run's number (4 bytes, big-endian) and bytes of the view it is attached in.
 */
export type ServerFrame =
  /** All events that were stored when the stream was opened have been sent; `seq` is the newest. */
  | { frame: 'caught_up'; seq: number }
  /** `n` is the run's number in binary frames; the first of them begins at byte `from`; `size` is known so far. */
  | { frame: 'attached'; run: string; n: number; view: TerminalView; from: number; size: number }
  /** The run has ended and all of its `size` bytes were sent. */
  | { frame: 'ended'; run: string; size: number }
  /** A frame of the client could not be carried out. */
  | { frame: 'refused'; run?: string; code: string; message: string }

/** The subprotocol that a client offers beside `bearer.<token>`. */
export const STREAM_PROTOCOL = 'thalogos.v1'
/**
 * Flow control of a terminal, in bytes: with so many unacknowledged the view pauses, and at the latest below so
 * many it goes on; a client acknowledges at least each `every`. The numbers are VS Code's.
 */
export const FLOW = { pause: 100_000, resume: 5_000, every: 5_000 } as const
