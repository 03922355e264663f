// Runs one bench file (or, with --describe, only says which it is) and writes the answer as one JSON
// line on descriptor 3: standard output stays the bench's own.
import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [file, mode] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: measure.mjs FILE [--describe]')
const { bench } = await import(pathToFileURL(file).href)
const { id, name, target } = bench
const measured = mode === '--describe' ? {} : await bench.run()
writeSync(3, `${JSON.stringify({ id: String(id), name, target, ...measured })}\n`)
// What a bench left open must not hold the table up.
process.exit(0)
