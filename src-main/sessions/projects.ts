import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ErrorCode, Project, ProjectView } from '../../src-shared/contract/index.ts'
import {
  type Clock,
  type Failure,
  FailureError,
  fail,
  newProjectId,
  ok,
  type Result,
} from '../base/index.ts'
import type { Events } from '../events/index.ts'
import {
  type Git,
  type Mirror,
  openMirror,
  openRepository,
  type UserRepository,
} from '../git/index.ts'
import { viewProject } from './project-view.ts'

/** The user's repositories that Thalogos knows, each with its mirror. */
export interface Projects {
  /** The project of a repository, added when it is new. */
  of(repository: UserRepository): Project
  /** Opens or refreshes the mirror; `copy` are the paths that never enter a commit. */
  openMirror(project: Project, repository: UserRepository, copy: readonly string[]): Promise<Mirror>
  /** The mirror of a project that was opened before; opened again after a restart. */
  mirror(projectId: string): Promise<Mirror>
  /** Whether the user's repository is where it was; only Save and Roll back need it. */
  present(projectId: string): Result<void, Failure<'not_a_repository'>>
  trust(projectId: string, contentHash: string): void
  /** The project of the repository at or around a path, added when it is new. */
  add(path: string): Promise<Result<ProjectView, Failure<ErrorCode>>>
  /** A project and what its `.thalogos.json` says now. */
  view(projectId: string): Promise<Result<ProjectView, Failure<ErrorCode>>>
}

export interface ProjectDeps {
  events: Events
  git: Git
  dataDir: string
  clock: Clock
}

export function createProjects(deps: ProjectDeps): Projects {
  const mirrors = new Map<string, Promise<Mirror>>()

  const open = (projectId: string, repository: UserRepository, copy: readonly string[]) => {
    const dir = join(deps.dataDir, 'mirrors', `${projectId}.git`)
    return openMirror(deps.git, { dir, repository, copy: [...copy] })
  }

  const reopen = async (projectId: string): Promise<Mirror> => {
    const project = deps.events.read.projects.get(projectId)
    if (!project) throw new Error(`no project ${projectId}`)
    const repository = await openRepository(deps.git, project.path)
    if (!repository.ok) throw new FailureError(repository.error)
    return await open(projectId, repository.value, copiedPaths(deps, projectId))
  }

  const remember = (projectId: string, opening: Promise<Mirror>): Promise<Mirror> => {
    mirrors.set(projectId, opening)
    // A failure is not remembered: the folder may come back.
    opening.catch(() => {
      if (mirrors.get(projectId) === opening) mirrors.delete(projectId)
    })
    return opening
  }

  const of: Projects['of'] = (repository) =>
    deps.events.read.projects.byPath(repository.root) ?? add(deps, repository)

  return {
    of,
    openMirror: (project, repository, copy) =>
      remember(
        project.id,
        open(project.id, repository, [...new Set([...copy, ...copiedPaths(deps, project.id)])]),
      ),
    mirror: (projectId) => mirrors.get(projectId) ?? remember(projectId, reopen(projectId)),
    present(projectId) {
      const path = deps.events.read.projects.get(projectId)?.path ?? ''
      return existsSync(path) ? ok(undefined) : fail('not_a_repository', `${path} is gone`)
    },
    trust(projectId, contentHash) {
      deps.events.commit((tables, emit) => {
        tables.projects.trust(projectId, contentHash)
        emit({ type: 'project.trusted', actor: 'user', data: { projectId, contentHash } })
      })
    },
    async add(path) {
      const repository = await openRepository(deps.git, path)
      return repository.ok ? await viewProject(deps.git, of(repository.value)) : repository
    },
    async view(projectId) {
      const project = deps.events.read.projects.get(projectId)
      if (!project) return fail('not_found', `there is no project ${projectId}`)
      return await viewProject(deps.git, project)
    },
  }
}

/** What any session of the project copies in: kept out of commits for all of them. */
const copiedPaths = ({ events }: ProjectDeps, projectId: string): string[] =>
  events.read.sessions
    .list({ projectId })
    .flatMap(({ projectConfig }) => projectConfig.worktree.copy)

function add({ events, clock }: ProjectDeps, { root }: UserRepository): Project {
  const project: Project = {
    id: newProjectId(),
    path: root,
    name: basename(root),
    createdAt: clock.now(),
  }
  events.commit((tables, emit) => {
    tables.projects.insert(project)
    emit({ type: 'project.added', actor: 'user', data: { projectId: project.id, path: root } })
  })
  return project
}
