import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { callerEnvironment, callerFolder } from './caller.mjs'

const root = resolve('.')
const bin = (folder: string) => join(folder, 'node_modules/.bin')

describe('callerEnvironment', () => {
  it('takes away what npm put in front of the user’s own', () => {
    const npm = {
      PATH: [
        bin(root),
        bin(join(root, '..')),
        bin('/'),
        '/npm/lib/node-gyp-bin',
        bin('/home/project'),
        '/usr/bin',
      ].join(':'),
      npm_lifecycle_event: 'start',
      npm_config_loglevel: 'silent',
      npm_package_json: join(root, 'package.json'),
      INIT_CWD: '/home/project',
      NODE: '/usr/bin/node',
      HOME: '/home',
      NODE_OPTIONS: '--trace-warnings',
    }
    expect(callerEnvironment(npm, root)).toEqual({
      PATH: `${bin('/home/project')}:/usr/bin`,
      HOME: '/home',
      NODE_OPTIONS: '--trace-warnings',
    })
  })

  it('leaves everything as it is when npm did not start it', () => {
    const env = { PATH: `${bin(root)}:/usr/bin`, NODE: 'x' }
    expect(callerEnvironment(env, root)).toEqual(env)
  })
})

describe('callerFolder', () => {
  it('is where the user typed the command', () => {
    const env = { INIT_CWD: '/home/project', npm_package_json: join(root, 'package.json') }
    expect(callerFolder(env, root)).toBe('/home/project')
  })

  it('does not believe a variable of another package’s script', () => {
    const env = { INIT_CWD: '/home/project', npm_package_json: '/home/project/package.json' }
    expect(callerFolder(env, root)).toBe(process.cwd())
  })
})
