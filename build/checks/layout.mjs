// The gate on names and folders that no linter has: folder size, path depth, names that say nothing.
import { execFileSync } from 'node:child_process'
import { basename, dirname } from 'node:path'

// A folder past this is not found through any more; tests stand beside their file and do not count.
const MAX_FILES = 20
// Segments, the file's own name included.
const MAX_DEPTH = 5
const EMPTY_NAMES = /^(.+[-.])?(utils?|helpers?|common|managers?)$/i
const SOURCE = /\.(ts|tsx|mjs|cjs|css|html)$/
const TEST = /\.(test|bench|e2e|story)\.tsx?$/
// A sample program is somebody's project, not a part of this one.
const FOREIGN = /^resources\/sample-project\//

/**
 * @param {string} root a git checkout; what git ignores does not count
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export function layout(root) {
  const output = findings(listFiles(root)).join('\n')
  return Promise.resolve({ ok: output === '', output })
}

/**
 * @param {string[]} files paths with forward slashes, relative to the root
 * @returns {string[]} one sentence for each violation
 */
export function findings(files) {
  const sources = files.filter((file) => SOURCE.test(file) && !FOREIGN.test(file))
  /** @type {Map<string, number>} */
  const sizes = new Map()
  for (const file of sources) {
    if (!TEST.test(file)) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1)
  }
  return [
    ...sources
      .filter((file) => file.split('/').length > MAX_DEPTH)
      .map((file) => `${file}: deeper than ${MAX_DEPTH}`),
    ...sources
      .filter((file) => EMPTY_NAMES.test(stem(file)))
      .map((file) => `${file}: a name that does not say what is in it`),
    ...[...sizes]
      .filter(([, size]) => size > MAX_FILES)
      .map(([folder, size]) => `${folder}: ${size} files, more than ${MAX_FILES}`),
  ]
}

/** The name without its endings: `run-helpers.test.ts` → `run-helpers`. */
const stem = (/** @type {string} */ file) =>
  basename(file).replace(/(\.(git|db|dom))?(\.(test|bench|e2e|story))?\.\w+$/, '')

function listFiles(/** @type {string} */ root) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    maxBuffer: 1 << 26,
  })
  return listed.toString('utf8').split('\0').filter(Boolean)
}
