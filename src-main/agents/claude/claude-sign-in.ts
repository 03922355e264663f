import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'

// Any of these is a credential, or names a service that has its own.
const CREDENTIALS = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
]

/**
 * Whether somebody is signed in, as far as variables and files tell. On macOS the login lies in the keychain,
 * where it cannot be seen from here: there it counts as there.
 */
export async function isSignedIn(
  env: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (CREDENTIALS.some((name) => env[name]) || platform === 'darwin') return true
  const home = env['CLAUDE_CONFIG_DIR'] ?? join(env['HOME'] ?? env['USERPROFILE'] ?? '/', '.claude')
  const [login, settings] = await Promise.all([
    access(join(home, '.credentials.json')).then(
      () => true,
      () => false,
    ),
    readFile(join(home, 'settings.json'), 'utf8').catch(() => ''),
  ])
  return login || /"apiKeyHelper"\s*:\s*"[^"]/.test(settings)
}
