import * as z from 'zod'
import {
  agentSchema,
  alertSchema,
  approvalSchema,
  checkpointSchema,
  type ErrorCode,
  errorCodes,
  evidenceSchema,
  fileDiffSchema,
  messageSchema,
  type Operation,
  operationList,
  planSchema,
  projectSchema,
  runSchema,
  sessionSchema,
  snapshotSchema,
  taskSchema,
} from '../../../src-shared/contract/index.ts'
import { artifactQuery, transcriptQuery } from './bytes.ts'
import { statusOf } from './statuses.ts'

type Json = Record<string, unknown>

// Shapes that appear in many answers, by the names that design and interfaces use.
const SHAPES = {
  Agent: agentSchema,
  Alert: alertSchema,
  Approval: approvalSchema,
  Checkpoint: checkpointSchema,
  Evidence: evidenceSchema,
  FileDiff: fileDiffSchema,
  Message: messageSchema,
  Plan: planSchema,
  Project: projectSchema,
  Run: runSchema,
  Session: sessionSchema,
  Snapshot: snapshotSchema,
  Task: taskSchema,
} as const
// What every route may say before its handler is asked, or when the machine fails.
const ALWAYS: readonly ErrorCode[] = [
  'request_invalid',
  'token_refused',
  'host_refused',
  'origin_refused',
  'scope_refused',
  'rate_exceeded',
  'internal',
  'disk_full',
]
const WITH_BODY: readonly ErrorCode[] = ['body_too_large', 'media_type_refused']

/** The API as OpenAPI 3.1, whose schemas are JSON Schema 2020-12; from the same table as the routes. */
export function describeApi(version: string): Json {
  const answers = answerSchemas()
  const paths: Record<string, Json> = {}
  for (const operation of operationList) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = {
      ...paths[path],
      [operation.method.toLowerCase()]: describe(operation, answers.of(operation.name)),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Thalogos',
      version,
      description:
        'Loopback only. Times are ISO 8601 UTC, durations milliseconds, money US dollars. Events and terminals come over the WebSocket /api/stream.',
    },
    security: [{ token: [] }],
    paths: { ...paths, ...BYTES },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { ...answers.shapes, Error: ERROR },
    },
  }
}

function describe(operation: Operation & { name: string }, answer: Json): Json {
  const { name, summary, params, query, body, errors, method } = operation
  const codes = [...errors, ...ALWAYS, ...(method === 'GET' ? [] : WITH_BODY)]
  return {
    operationId: name,
    summary,
    parameters: [...parameters(params, 'path'), ...parameters(query, 'query')],
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: { 'application/json': { schema: inputSchema(body) } },
      },
    }),
    responses: {
      [operation.status ?? 200]: {
        description: summary,
        content: { 'application/json': { schema: answer } },
      },
      ...refusals(codes),
    },
  }
}

/** Answers refer to the shapes; both are made in one go, so that a shape is written once. */
function answerSchemas(): { shapes: Json; of(name: string): Json } {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(SHAPES)) registry.add(schema, { id })
  const wrapped = operationList.map(({ name, answer }) => [name, z.object({ answer })] as const)
  for (const [name, schema] of wrapped) registry.add(schema, { id: name })
  const { schemas } = z.toJSONSchema(registry, {
    io: 'output',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  })
  const clean = (id: string): Json => {
    const { $schema: _schema, $id: _id, ...rest } = schemas[id] as Json
    return rest
  }
  return {
    shapes: Object.fromEntries(Object.keys(SHAPES).map((id) => [id, clean(id)])),
    of: (name) => ((clean(name)['properties'] as Json)['answer'] ?? {}) as Json,
  }
}

function inputSchema(schema: z.ZodType): Json {
  const { $schema: _schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  })
  return rest
}

function parameters(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = inputSchema(schema) as {
    properties?: Json
    required?: string[]
  }
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: one,
  }))
}

function refusals(codes: readonly ErrorCode[]): Json {
  const byStatus = Map.groupBy(new Set(codes), statusOf)
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      status,
      {
        description: those.join(', '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  )
}

const ERROR: Json = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', enum: errorCodes },
        message: { type: 'string' },
        details: {},
      },
    },
  },
}

const text = (type: string) => ({ [type]: { schema: { type: 'string' } } })
const bytes = { description: 'The bytes.', content: text('application/octet-stream') }
const path = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })

/** What is not of the table of operations. */
const BYTES: Json = {
  '/healthz': {
    get: {
      operationId: 'health',
      summary: 'Whether it answers. Needs no token.',
      security: [],
      responses: {
        200: { description: 'It answers.', content: { 'application/json': { schema: {} } } },
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'Prometheus text. The token for metrics suffices.',
      responses: {
        200: { description: 'The metrics.', content: text('text/plain') },
        ...refusals(ALWAYS),
      },
    },
  },
  '/api/openapi.json': {
    get: {
      operationId: 'describeApi',
      summary: 'This description.',
      responses: {
        200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: {} } } },
        ...refusals(ALWAYS),
      },
    },
  },
  '/api/runs/{run}/transcript': {
    get: {
      operationId: 'readTranscript',
      summary: 'What a run printed so far, from a byte on; a negative `from` counts from the end.',
      parameters: [path('run'), ...parameters(transcriptQuery, 'query')],
      responses: { 200: bytes, ...refusals([...ALWAYS, 'not_found']) },
    },
  },
  '/api/artifacts/{hash}': {
    get: {
      operationId: 'readArtifact',
      summary:
        'A stored file by the SHA-256 of its content; a negative `from` counts from the end.',
      parameters: [path('hash'), ...parameters(artifactQuery, 'query')],
      responses: { 200: bytes, ...refusals([...ALWAYS, 'not_found']) },
    },
  },
}
