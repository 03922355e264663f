import { describe, expect, it } from 'vitest'
import { createRedactor, secretVariables } from './index.ts'

const KEY = 'sk-live/+é "Zq9 &%7!xyz'

const hiding = (value: string, name = 'API_KEY') => {
  const redactor = createRedactor()
  redactor.hide(name, value)
  return redactor
}
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('createRedactor', () => {
  const { redact } = hiding(KEY)

  it.each([
    ['as it is', `refused: ${KEY}.`],
    ['twice', `${KEY} ${KEY}`],
    ['in JSON', JSON.stringify({ key: KEY })],
    ['in JSON in JSON', JSON.stringify({ body: JSON.stringify({ key: KEY }) })],
    ['in a URL', `https://host/?key=${encodeURIComponent(KEY)}&x=1`],
    ['in a form', `x=1&${new URLSearchParams({ key: KEY })}`],
    ['in a URL of lower case', encodeURIComponent(KEY).toLowerCase().replace('zq9', 'Zq9')],
    ['in base64', base64(KEY)],
    ['in base64 behind a name', `Basic ${base64(`me:${KEY}`)}`],
    ['in base64 behind four bytes', base64(`user${KEY}`)],
    ['in base64 between others', base64(`a:${KEY}:b`)],
    ['in base64 for URLs', Buffer.from(`x${KEY}`).toString('base64url')],
  ])('takes a value out %s', (_, text) => {
    const clean = redact(text)
    expect(clean).toContain('[redacted API_KEY]')
    expect(clean).not.toContain('live')
    expect(clean).not.toContain('Zq9')
    // What is left of base64 says less than one byte at either end.
    const left = Buffer.from(clean.replace('[redacted API_KEY]', ''), 'base64').toString('latin1')
    expect(left).not.toContain('sk-')
    expect(left).not.toContain('xyz')
  })

  it('leaves other text as it is', () => {
    const text = 'sk-live is what keys begin with: {"a":"é"} c2stbGl2ZQ=='
    expect(redact(text)).toBe(text)
  })

  it('takes short values for words', () => {
    expect(hiding('1234567').redact('it took 1234567 ms')).toBe('it took 1234567 ms')
    expect(hiding('  abc  \n').redact('abc')).toBe('abc')
  })

  it('takes a value out as a whole where it begins with another one', () => {
    const redactor = hiding('abcdefgh', 'SHORT')
    redactor.hide('LONG', 'abcdefghijkl')
    expect(redactor.redact('abcdefghijkl abcdefghi')).toBe('[redacted LONG] [redacted SHORT]i')
  })

  it('takes out each line of a private key, whatever joins them', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n'
    const { redact: clean } = hiding(key, 'PEM')
    expect(clean(JSON.stringify({ key }))).toBe('{"key":"[redacted PEM]\\n"}')
    expect(clean('line 2: AQEFAASCBKcwggSjAgEAAoIB')).toBe('line 2: [redacted PEM]')
  })

  it('keeps a name from being more than a name', () => {
    expect(hiding('abcdefgh', '"$& x\n').redact('abcdefgh')).toBe('[redacted ____x_]')
  })
})

describe('secretVariables', () => {
  it.each([
    ['OPENAI_API_KEY', true],
    ['APIKEY', true],
    ['DEPLOY_KEYS', true],
    ['KEY_2', true],
    ['GH_TOKEN', true],
    ['aws_secret_access_key', true],
    ['DB_PASSWORD', true],
    ['PGPASSWD', true],
    ['GOOGLE_APPLICATION_CREDENTIALS', true],
    ['KEYBOARD_LAYOUT', false],
    ['PATH', false],
    ['HOME', false],
  ])('%s: %s', (name, isSecret) => {
    expect(secretVariables({ [name]: 'value' })).toEqual(isSecret ? [[name, 'value']] : [])
  })
})
