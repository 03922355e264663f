// One setup at a time in a checkout: a lock file that names the process holding it.
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 200
// The holder touches its lock while it works; one untouched for this long belongs to a number that was reused.
const STALE_MS = 60_000
const TOUCH_MS = 5_000

/**
 * Runs `work` while holding the lock file at `path`; waits for another living holder first.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {() => void} onWait called once when somebody else holds it
 * @returns {Promise<T>}
 */
export async function withLock(path, work, onWait) {
  mkdirSync(dirname(path), { recursive: true })
  let told = false
  while (!take(path)) {
    if (isStale(path)) {
      setAside(path)
      continue
    }
    if (!told) onWait()
    told = true
    await sleep(POLL_MS)
  }
  const touch = setInterval(() => {
    const now = new Date()
    utimesSync(path, now, now)
  }, TOUCH_MS)
  try {
    return await work()
  } finally {
    clearInterval(touch)
    rmSync(path, { force: true })
  }
}

function take(/** @type {string} */ path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function isStale(/** @type {string} */ path) {
  try {
    const holder = Number(readFileSync(path, 'utf8'))
    // A holder writes its number right after it made the file.
    if (!Number.isInteger(holder) || holder <= 0) return age(path) > TOUCH_MS
    return !isAlive(holder) || age(path) > STALE_MS
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Two may find the same stale lock: the one that moved a fresh one away by mistake puts it back. */
function setAside(/** @type {string} */ path) {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    if (!isStale(aside)) linkSync(aside, path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

const age = (/** @type {string} */ path) => Date.now() - statSync(path).mtimeMs

function isAlive(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

const codeOf = (/** @type {unknown} */ error) =>
  error instanceof Error && 'code' in error ? error.code : undefined
