import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import { addressOf } from './link-rules.ts'

/** The orchestrator that the window is to show, where it is not one of its own. */
export interface Attached {
  /** `http://127.0.0.1:<port>` */
  url: string
  token: string
}

const OPTION = '--attach'
const TOKEN = 'THALOGOS_TOKEN'
// The gateway listens on loopback only; another machine is reached through a tunnel that ends here.
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/

/**
 * `--attach URL` of the command line with the token of the environment: a token in an argument could be read by
 * everybody on this machine. Nothing when it is not given. Pure.
 */
export function attachedBy(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Result<Attached | undefined, Failure<'usage'>> {
  const at = args.findIndex((arg) => arg === OPTION || arg.startsWith(`${OPTION}=`))
  if (at === -1) return ok(undefined)
  const given = args[at]?.slice(OPTION.length + 1) || args[at + 1] || ''
  const url = addressOf(given)
  if (url?.protocol !== 'http:' || !LOOPBACK.test(url.hostname)) {
    return fail('usage', `${OPTION} takes an address of this machine, as http://127.0.0.1:4000`)
  }
  if (url.hash !== '') return fail('usage', `The token belongs into ${TOKEN}, not into ${OPTION}`)
  const token = env[TOKEN]
  if (!token) return fail('usage', `The token of ${url.origin} belongs into ${TOKEN}`)
  return ok({ url: url.origin, token })
}
