import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mirror } from '../mirror.ts'

/**
 * Writes the `.git` of a private clone by hand: what `git clone --shared --no-checkout --template=` and
 * removing `origin` leave (gitrepository-layout(5)), without the four processes these take.
 */
export async function layOutClone(
  mirror: Mirror,
  { dir, branch, base }: { dir: string; branch: string; base: string },
): Promise<void> {
  const gitDir = join(dir, '.git')
  const ref = join(gitDir, 'refs', 'heads', ...branch.split('/'))
  await Promise.all(
    ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info', 'hooks'].map((folder) =>
      mkdir(join(gitDir, ...folder.split('/')), { recursive: true }),
    ),
  )
  await mkdir(join(ref, '..'), { recursive: true })
  const excludes = await readFile(mirror.excludesFile, 'utf8')
  await Promise.all([
    writeFile(join(gitDir, 'HEAD'), `ref: refs/heads/${branch}\n`),
    writeFile(ref, `${base}\n`),
    writeFile(join(gitDir, 'config'), configOf(mirror)),
    writeFile(join(gitDir, 'info', 'exclude'), excludes),
    writeFile(
      join(gitDir, 'objects', 'info', 'alternates'),
      alternate(join(mirror.dir, 'objects')),
    ),
  ])
}

function configOf(mirror: Mirror): string {
  const { core, identity, objectFormat } = mirror.repository
  const sections: Record<string, Record<string, string | boolean>> = {
    core: {
      repositoryformatversion: objectFormat === 'sha1' ? '0' : '1',
      bare: false,
      logallrefupdates: true,
      filemode: core.fileMode,
      ignorecase: core.ignoreCase,
      symlinks: core.symlinks,
      precomposeunicode: core.precomposeUnicode,
      // The host filled the folder without conversion and takes its content so; a `git checkout` of the
      // agent must not write other bytes than the host did.
      autocrlf: false,
    },
    ...(objectFormat === 'sha1' ? {} : { extensions: { objectformat: objectFormat } }),
    user: { name: identity.name, email: identity.email },
    // A signature would ask the user for a passphrase; these commits are notes, the host makes its own.
    commit: { gpgsign: false },
    tag: { gpgsign: false },
    // No process in the background that outlives the agent.
    gc: { auto: '0' },
    maintenance: { auto: false },
  }
  return Object.entries(sections)
    .map(([section, values]) => {
      const lines = Object.entries(values).map(([key, value]) => `\t${key} = ${quoted(value)}\n`)
      return `[${section}]\n${lines.join('')}`
    })
    .join('')
}

// One path a line; one that begins with a quote is read as a C string (git's link_alt_odb_entries).
function alternate(objects: string): string {
  return objects.includes('\n') ? `${quoted(objects)}\n` : `${objects}\n`
}

// git-config(1), "Syntax": in double quotes, backslash and quote escaped.
function quoted(value: string | boolean): string {
  if (typeof value === 'boolean') return String(value)
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`
}
