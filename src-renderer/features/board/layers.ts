import type { Task } from '../../../src-shared/contract/index.ts'

/** A task's place in the graph, in pixels from the upper left. */
export interface Node {
  task: Task
  x: number
  y: number
}

/** From a task down to one that needs it, between their edges. */
export interface Edge {
  id: string
  from: { x: number; y: number }
  to: { x: number; y: number }
  /** What it waits for is merged. */
  isDone: boolean
}

export interface Graph {
  nodes: readonly Node[]
  edges: readonly Edge[]
  width: number
  height: number
}

export const NODE = { width: 150, height: 52 } as const
const GAP = { x: 12, y: 36 } as const

/**
 * Each task below all that it needs, as near to the top as that allows; in a row they stand as in the plan, the row in
 * the middle. Pure.
 */
export function graphOf(tasks: readonly Task[], least: number): Graph {
  const rows = rowsOf(tasks)
  const widest = Math.max(0, ...rows.map((row) => row.length))
  const width = Math.max(least, widest * (NODE.width + GAP.x) + GAP.x)
  const nodes = rows.flatMap((row, depth) => {
    const span = row.length * (NODE.width + GAP.x) - GAP.x
    const left = (width - span) / 2
    return row.map((task, at) => ({
      task,
      x: left + at * (NODE.width + GAP.x),
      y: GAP.y / 2 + depth * (NODE.height + GAP.y),
    }))
  })
  const byKey = new Map(nodes.map((node) => [node.task.key, node]))
  const edges = nodes.flatMap((node) =>
    node.task.needs.flatMap((key) => {
      const needed = byKey.get(key)
      return needed ? [edgeOf(needed, node)] : []
    }),
  )
  return { nodes, edges, width, height: rows.length * (NODE.height + GAP.y) }
}

function edgeOf(needed: Node, node: Node): Edge {
  return {
    id: `${needed.task.key} ${node.task.key}`,
    from: { x: needed.x + NODE.width / 2, y: needed.y + NODE.height },
    to: { x: node.x + NODE.width / 2, y: node.y },
    isDone: needed.task.state === 'integrated',
  }
}

function rowsOf(tasks: readonly Task[]): Task[][] {
  const byKey = new Map(tasks.map((task) => [task.key, task]))
  const depths = new Map<string, number>()
  const depthOf = (task: Task): number => {
    const known = depths.get(task.key)
    if (known !== undefined) return known
    // Stands for itself while it is looked at: a circle, which no plan has, ends here.
    depths.set(task.key, 0)
    const needed = task.needs.flatMap((key) => byKey.get(key) ?? [])
    const depth = needed.length === 0 ? 0 : 1 + Math.max(...needed.map(depthOf))
    depths.set(task.key, depth)
    return depth
  }
  const rows: Task[][] = []
  for (const task of tasks) {
    const depth = depthOf(task)
    rows[depth] = [...(rows[depth] ?? []), task]
  }
  return rows
}
