import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src-*/**/*.test.ts', 'build/**/*.test.ts', 'resources/**/*.test.ts'],
    // Real git, SQLite and PTYs share two cores with the suite; a slow disk must not fail a test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    env: { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
  },
})
