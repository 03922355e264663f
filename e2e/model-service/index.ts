/**
 * A scripted stand-in for the agents' model services, on loopback: it lets the real CLIs work without
 * a network and without a model. The test says what the model answers to which prompt; every request
 * is kept, so that a test can see what the CLI really sent. Speaks OpenAI Responses, Anthropic Messages
 * and Gemini generateContent.
 */
export { type ModelScript, type ModelStep, planStep } from './script.ts'
export { type ModelRequest, type ModelService, startModelService } from './server.ts'
