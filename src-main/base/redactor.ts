/** Knows the values that must not be read anywhere, and takes them out of text. */
export interface Redactor {
  /** From now on `value` reads `[redacted name]`; the name is no secret. Short values are not secrets and stay. */
  hide(name: string, value: string): void
  /** The text without any hidden value, also where one stands escaped for JSON or a URL, or in base64. */
  redact(text: string): string
}

// Below this a value is a word or a number that stands in harmless text, too; no key or token is that short.
const MIN_CHARS = 8
// Of a value of many lines (a private key) a line alone says too much; shorter ones are braces and headings.
const MIN_LINE_CHARS = 16
// A name is for people who look for what was hidden; it comes from a configuration and must not fill a line.
const MAX_NAME = 64

const SECRET_NAME = /KEY(?![A-Z])|KEYS(?![A-Z])|TOKEN|SECRET|PASSW(?:OR)?D|PASSPHRASE|CREDENTIAL/i

export function createRedactor(): Redactor {
  const labels = new Map<string, string>()
  let longestFirst: (readonly [form: string, label: string])[] = []
  return {
    hide(name, value) {
      const label = `[redacted ${name.replace(/[^\w.-]/g, '_').slice(0, MAX_NAME)}]`
      for (const form of formsOf(value)) {
        if (!labels.has(form)) labels.set(form, label)
      }
      // A value that holds another one must go as a whole, or its other parts would stay.
      longestFirst = [...labels].sort(([a], [b]) => b.length - a.length)
    },
    redact(text) {
      let clean = text
      for (const [form, label] of longestFirst) {
        if (clean.includes(form)) clean = clean.replaceAll(form, label)
      }
      return clean
    },
  }
}

/** The variables whose names say that their values are secrets. */
export function secretVariables(
  env: Readonly<Record<string, string | undefined>>,
): [name: string, value: string][] {
  return Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && SECRET_NAME.test(entry[0]),
  )
}

/** Every way in which a value may stand in text, the value itself included. */
function formsOf(value: string): Set<string> {
  const whole = value.trim().toWellFormed()
  const lines = whole.includes('\n')
    ? whole
        .split('\n')
        .map((line) => line.trim())
        .filter(({ length }) => length >= MIN_LINE_CHARS)
    : []
  const forms = [whole, ...lines].flatMap((part) => [
    part,
    jsonText(part),
    // JSON as a string in JSON: a request that is told about in a log line.
    jsonText(jsonText(part)),
    ...urlForms(part),
    ...base64Forms(part),
  ])
  return new Set(whole.length < MIN_CHARS ? [] : forms.filter(({ length }) => length >= MIN_CHARS))
}

const jsonText = (text: string): string => JSON.stringify(text).slice(1, -1)

/** Percent-encoding (RFC 3986) as browsers, forms and stricter encoders write it. */
function urlForms(text: string): string[] {
  const component = encodeURIComponent(text)
  const strict = component.replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  })
  const forms = [component, strict, component.replaceAll('%20', '+'), strict.replaceAll('%20', '+')]
  return forms.flatMap((form) => [
    form,
    form.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
  ])
}

/**
 * Base64 (RFC 4648, both alphabets) of the value alone and as a part of more, for example `user:key`: with
 * 0, 1 or 2 bytes before it, without the characters at both ends that other bytes have a share in.
 */
function base64Forms(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    const all = bytes.toString('base64').replace(/=+$/, '')
    const own = all.slice(before === 0 ? 0 : before + 1, bytes.length % 3 === 0 ? undefined : -1)
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
