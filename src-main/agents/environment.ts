// What a command-line program needs to find its tools, its user, its language and its network.
// Everything else (tokens of other tools, CI variables, our own) stays out.
const COMMON: readonly string[] = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TZ', 'LANG', 'LANGUAGE', 'LC_*'],
  ...['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE'],
  // Windows cannot start most programs without these.
  ...['SystemRoot', 'SystemDrive', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP', 'WINDIR'],
  ...['USERPROFILE', 'USERNAME', 'APPDATA', 'LOCALAPPDATA', 'ProgramFiles', 'ProgramData'],
]

/** Picks from `env` the variables that an agent may inherit: the common ones and its own. Pure. */
export function inheritedEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  own: readonly string[],
): Record<string, string> {
  const allowed = [...COMMON, ...own]
  const picked: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && allowed.some((pattern) => matches(pattern, name))) {
      picked[name] = value
    }
  }
  return picked
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
