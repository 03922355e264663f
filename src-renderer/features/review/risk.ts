import type { FileStat } from '../../../src-shared/contract/index.ts'

/** How closely a change deserves to be looked at, and why. */
export interface Risk {
  level: 'high' | 'normal' | 'low'
  reason: string
}

interface Rule extends Risk {
  is(file: FileStat): boolean
}

const path = (pattern: RegExp) => (file: FileStat) => pattern.test(file.path)

// A diff of more lines is nobody's reading.
const HUGE_LINES = 3_000
const MANY_LINES = 400

const LOCKS = /\.lock$|(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.sum)$/i

/** The first that holds counts: what runs is never hidden by the folder it lies in. */
const RULES: readonly Rule[] = [
  { level: 'high', reason: 'a link', is: ({ newMode }) => newMode === '120000' },
  {
    level: 'high',
    reason: 'points at another repository',
    is: ({ oldMode, newMode, path: name }) =>
      newMode === '160000' || oldMode === '160000' || /(^|\/)\.gitmodules$/i.test(name),
  },
  {
    level: 'high',
    reason: 'becomes executable',
    is: ({ oldMode, newMode }) => newMode === '100755' && oldMode !== '100755',
  },
  {
    level: 'high',
    reason: 'runs by itself (CI, hooks, settings of tools)',
    is: path(
      /(^|\/)(\.github|\.gitlab-ci|\.circleci|\.husky|\.githooks|\.vscode|\.claude|\.codex|\.gemini)|(^|\/)(Jenkinsfile|\.thalogos\.json|\.gitattributes|\.envrc|\.npmrc|\.pre-commit-config\.yaml|lefthook\.ya?ml)$/i,
    ),
  },
  {
    level: 'high',
    reason: 'tells agents what to do',
    is: path(/(^|\/)(AGENTS|CLAUDE|GEMINI)\.md$|(^|\/)\.mcp\.json$/i),
  },
  {
    level: 'low',
    reason: 'of others, copied in',
    is: path(/(^|\/)(vendor|third_party|node_modules)\//i),
  },
  {
    level: 'high',
    reason: 'builds, installs or starts things',
    is: path(
      /(^|\/)(package\.json|Makefile|Dockerfile|docker-compose\.ya?ml|requirements\.txt|pyproject\.toml|Cargo\.toml|go\.mod|build\.gradle(\.kts)?)$|\.(sh|bash|ps1|bat)$/i,
    ),
  },
  {
    level: 'high',
    reason: 'decides what is installed',
    is: path(LOCKS),
  },
  {
    level: 'low',
    reason: 'generated',
    is: path(/(^|\/)(dist|build|out|__snapshots__)\/|\.(min\.(js|css)|map|snap)$/i),
  },
  {
    level: 'high',
    reason: 'a sensitive place',
    is: path(
      /(auth(?!or)|login|passw|secret|token|crypt|permission|payment|billing|migration|security)/i,
    ),
  },
  {
    level: 'high',
    reason: 'tests are taken away',
    is: ({ status, path: name, added, removed }) =>
      isTest(name) && (status === 'deleted' || removed > added),
  },
  { level: 'high', reason: 'deleted', is: ({ status }) => status === 'deleted' },
  { level: 'low', reason: 'not text', is: ({ binary }) => binary },
  {
    level: 'high',
    reason: 'a large change',
    is: ({ added, removed }) => added + removed > MANY_LINES,
  },
  { level: 'normal', reason: 'a test', is: ({ path: name }) => isTest(name) },
  { level: 'normal', reason: 'new', is: ({ status }) => status === 'added' },
]

const isTest = (name: string): boolean =>
  /(^|\/)(tests?|spec|__tests__)\/|[._-](test|spec)\.\w+$/i.test(name)

export function riskOf(file: FileStat): Risk {
  const rule = RULES.find(({ is }) => is(file))
  return rule ? { level: rule.level, reason: rule.reason } : { level: 'normal', reason: 'changed' }
}

/** Its diff is shown only when it is asked for. */
export const isDeferred = (file: FileStat): boolean =>
  riskOf(file).level === 'low' || LOCKS.test(file.path) || file.added + file.removed > HUGE_LINES

const ORDER = { high: 0, normal: 1, low: 2 } as const

/** The riskiest first, then the larger change, then by name. */
export const byRisk = <T extends FileStat>(files: readonly T[]): T[] =>
  files.toSorted(
    (a, b) =>
      ORDER[riskOf(a).level] - ORDER[riskOf(b).level] ||
      b.added + b.removed - (a.added + a.removed) ||
      a.path.localeCompare(b.path),
  )
