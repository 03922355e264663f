import type { Dirent } from 'node:fs'
import { parentsOf, type RawPath, rawPath } from '../checkout/raw-path.ts'
import type { Mirror } from '../mirror.ts'
import { piecesOf } from '../pieces.ts'
import { entriesOf, isSpecial, pathIn } from './folder-entries.ts'

/** Every path of a tree. */
export interface TreePaths {
  files: Set<RawPath>
  /** The folders that hold these and submodules. */
  folders: Set<RawPath>
  gitlinks: Set<RawPath>
}

export async function pathsOf(mirror: Mirror, tree: string): Promise<TreePaths> {
  const { stdout } = await mirror.git.run(mirror.place, [
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    tree,
  ])
  const paths: TreePaths = { files: new Set(), folders: new Set(), gitlinks: new Set() }
  for await (const piece of piecesOf(stdout)) {
    for (const entry of rawPath(piece).split('\0')) {
      if (entry === '') continue
      const path = entry.slice(entry.indexOf('\t') + 1)
      const kind = entry.startsWith('160000 ') ? paths.gitlinks : paths.files
      kind.add(path)
      for (const folder of parentsOf(path)) paths.folders.add(folder)
    }
  }
  return paths
}

export interface Stranger {
  path: RawPath
  entry: Dirent<Buffer>
}

/**
 * What stands in a folder and is not of the tree: a folder with nothing of the tree in it as one entry,
 * and what is of another kind than there. Found without git, following no link. A folder that cannot be
 * read is an error.
 */
export async function* strangersIn(dir: string, paths: TreePaths): AsyncGenerator<Stranger> {
  const folders: RawPath[] = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const entry of entriesOf(dir, folder)) {
      if (entry === undefined) throw new Error(`a folder in ${dir} cannot be read`)
      const path = pathIn(folder, entry)
      if (entry.isDirectory() && paths.folders.has(path)) folders.push(path)
      else if (isStranger(paths, entry, path)) yield { path, entry }
    }
  }
}

function isStranger(paths: TreePaths, entry: Dirent<Buffer>, path: RawPath): boolean {
  if (entry.isDirectory()) return !paths.gitlinks.has(path)
  return isSpecial(entry) || !paths.files.has(path)
}
