import { isObject, type JsonObject, textOf } from '../line-parser.ts'

/** What the tool is called for the model: the CLI makes the call's id begin with it (`<name>__<id>`). */
export const toolNameOf = (tool: JsonObject): string => {
  const [name = '', ...rest] = textOf(tool['toolCallId']).split('__')
  return rest.length === 0 ? '' : name
}

/** The texts among its content. */
export const contentOf = (tool: JsonObject): string =>
  partsOf(tool)
    .map((part) => (isObject(part['content']) ? textOf(part['content']['text']) : ''))
    .filter((text) => text !== '')
    .join('\n')

/** The files that it shows the difference of, and those it names as its places. */
export function pathsOf(tool: JsonObject): string[] {
  const diffs = partsOf(tool).filter((part) => part['type'] === 'diff')
  const places = Array.isArray(tool['locations']) ? tool['locations'].filter(isObject) : []
  const paths = [...diffs, ...places].map((each) => textOf(each['path']))
  return [...new Set(paths)].filter((path) => path !== '')
}

const partsOf = (tool: JsonObject): JsonObject[] =>
  Array.isArray(tool['content']) ? tool['content'].filter(isObject) : []
