import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

export interface PageFile {
  type: string
  body: Buffer
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

function policy(styles: string): string {
  return `default-src 'none'; script-src 'self'; ${styles}; connect-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
}

/** Nothing inline, nothing from elsewhere, nobody around it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': policy("style-src 'self'"),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

// Where the built page expects the nonce of this answer.
const NONCE = '%style-nonce%'

/**
 * The page itself, with a nonce of its own: terminals and panes make style elements, which are allowed to those who
 * know it (base/style-nonce.ts) and to nobody who only has markup in the page.
 */
export function servePage({ body }: PageFile): { policy: string; body: string } {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url')
  return {
    policy: policy(`style-src 'self' 'nonce-${nonce}'`),
    body: body.toString('utf8').replace(NONCE, nonce),
  }
}

// As CSP 3 asks for, section 7.1: 128 bits.
const NONCE_BYTES = 16

/**
 * Every file of the built page by its address, read once: a request can only name what was there,
 * and a rebuild beneath a running page harms nobody. Empty when the page was not built.
 */
export function readPage(dir: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>()
  for (const entry of list(dir)) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || !type) continue
    const path = join(entry.parentPath, entry.name)
    files.set(`/${relative(dir, path).split(sep).join('/')}`, { type, body: readFileSync(path) })
  }
  const index = files.get('/index.html')
  if (index) files.set('/', index)
  return files
}

function list(dir: string) {
  try {
    return readdirSync(dir, { recursive: true, withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
