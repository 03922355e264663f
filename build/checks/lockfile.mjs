// The gate on the lockfiles: complete for every platform, and without download addresses.
// npm leaves out an optional package that its registry does not have, and `npm ci` then refuses the
// lockfile everywhere. `node build/checks/lockfile.mjs` writes the missing entries (their version is
// fixed by the package that names them; only the digest is unknown).
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{version?: string, resolved?: string, link?: boolean, dev?: boolean, optionalDependencies?: Record<string, string>}} Entry */
/** @typedef {{packages: Record<string, Entry & Record<string, unknown>>}} Lockfile */

/**
 * @param {string} root
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export function lockfile(root) {
  const lines = lockfiles(root).flatMap((file) => {
    const lock = read(join(root, file))
    return [
      ...missing(lock).map(
        ({ name, by }) =>
          `${file}: ${name}, optional for ${by}, has no entry: run node build/checks/lockfile.mjs`,
      ),
      ...Object.entries(lock.packages)
        .filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)
        .map(([path]) => `${file}: ${path} names a download address`),
    ]
  })
  return Promise.resolve({ ok: lines.length === 0, output: lines.join('\n') })
}

/** The program's own, and those of what the end-to-end tests install. */
function lockfiles(/** @type {string} */ root) {
  const name = 'package-lock.json'
  const tests = join(root, 'e2e')
  const found = existsSync(tests)
    ? readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith(name),
      )
    : []
  return [name, ...found.map((file) => join('e2e', file))]
}

/** @param {Lockfile} lock */
function missing({ packages }) {
  return Object.entries(packages).flatMap(([by, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !placesFor(by, name).some((place) => packages[place]))
      .map(([name, version]) => ({ name, version, by, dev: dev === true })),
  )
}

/** Where npm looks for `name` from the package at `from`: its own folder, then each one above. */
function placesFor(/** @type {string} */ from, /** @type {string} */ name) {
  const parts = from.split('/node_modules/')
  const above = parts.map((_, index) => parts.slice(0, parts.length - index).join('/node_modules/'))
  return [
    ...above.filter(Boolean).map((place) => `${place}/node_modules/${name}`),
    `node_modules/${name}`,
  ]
}

/** @param {Lockfile} lock */
export function complete(lock) {
  const found = missing(lock)
  if (found.some(({ version }) => !/^\d+\.\d+\.\d+/.test(version)))
    throw new Error('only exact versions can be written')
  const added = found.map(({ name, version, dev }) => [
    `node_modules/${name}`,
    { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true },
  ])
  const [[first, own] = ['', {}], ...rest] = Object.entries(lock.packages)
  const sorted = [...rest, ...added].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  return { ...lock, packages: Object.fromEntries([[first, own], ...sorted]) }
}

/** `…-linux-arm64-musl` → the fields that keep npm from installing it elsewhere. */
function platformOf(/** @type {string} */ name) {
  const match =
    /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(.+))?$/.exec(
      name,
    )
  if (!match?.[1] || !match[2]) throw new Error(`which platform is ${name} for?`)
  const libc = match[1] !== 'linux' ? undefined : /musl/.test(match[3] ?? '') ? 'musl' : 'glibc'
  return { cpu: [match[2]], ...(libc ? { libc: [libc] } : {}), os: [match[1]] }
}

/** @returns {Lockfile} */
const read = (/** @type {string} */ path) => JSON.parse(readFileSync(path, 'utf8'))

if (process.argv[1] === import.meta.filename) {
  for (const file of lockfiles('.')) {
    writeFileSync(file, `${JSON.stringify(complete(read(file)), null, 2)}\n`)
  }
}
