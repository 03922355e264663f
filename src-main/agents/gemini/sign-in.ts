import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Whether somebody is signed in, as far as files and variables tell: the way chosen in the settings, or a
 * key or a gateway where none is chosen. Vertex AI and a Google login count over this protocol only when
 * they are chosen, whatever the variables say (tried). A key may lie in the system's keychain, where it
 * cannot be seen from here: chosen, it counts as there.
 */
export async function isSignedIn(env: Readonly<Record<string, string>>): Promise<boolean> {
  const home = env['GEMINI_CLI_HOME'] ?? env['HOME'] ?? env['USERPROFILE'] ?? '/'
  const own = join(home, '.gemini')
  const settings = await Promise.all([systemSettings(env), join(own, 'settings.json')].map(read))
  const chosen = settings.map(chosenIn).find((way) => way !== undefined)
  if (chosen === 'oauth-personal') return hasGoogleLogin(own)
  if (chosen !== undefined) return true
  if (env['GEMINI_API_KEY'] || env['GOOGLE_GEMINI_BASE_URL']) return true
  const variables = await Promise.all([join(own, '.env'), join(home, '.env')].map(read))
  return variables.some((text) => /^\s*(export\s+)?GEMINI_API_KEY\s*=\s*\S/m.test(text))
}

/** The file may have comments, so it is not parsed as JSON. */
const chosenIn = (settings: string): string | undefined =>
  /"selectedType"\s*:\s*"([^"]+)"/.exec(settings)?.[1]

/** Plain, or encrypted where the user made it so. */
async function hasGoogleLogin(own: string): Promise<boolean> {
  const files = ['oauth_creds.json', 'gemini-credentials.json'].map((name) => join(own, name))
  const found = await Promise.all(
    files.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}

function systemSettings(env: Readonly<Record<string, string>>): string {
  const given = env['GEMINI_CLI_SYSTEM_SETTINGS_PATH']
  if (given) return given
  if (process.platform === 'darwin') return '/Library/Application Support/GeminiCli/settings.json'
  if (process.platform === 'win32') return 'C:\\ProgramData\\gemini-cli\\settings.json'
  return '/etc/gemini-cli/settings.json'
}

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
