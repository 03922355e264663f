import { describe, expect, it } from 'vitest'
import { defaultDataDir } from './data-folder.ts'

describe('defaultDataDir', () => {
  it.each([
    ['linux', {}, '/home/u/.local/share/thalogos'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/thalogos'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/u/.local/share/thalogos'],
    ['linux', { XDG_DATA_HOME: '' }, '/home/u/.local/share/thalogos'],
    ['darwin', { XDG_DATA_HOME: '/data' }, '/home/u/Library/Application Support/Thalogos'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/Thalogos'],
  ] as const)('on %s with %j is %s', (platform, env, expected) => {
    expect(defaultDataDir({ platform, env, home: '/home/u' })).toBe(expected)
  })
})
