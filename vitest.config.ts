import { defineConfig } from 'vitest/config'

const shared = {
  pool: 'forks',
  env: { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
} as const

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src-*/**/*.test.ts', 'build/**/*.test.ts', 'resources/**/*.test.ts'],
          exclude: ['**/*.dom.test.*'],
          // Real git, SQLite and PTYs share two cores with the suite; a slow disk must not fail a test.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'dom',
          environment: 'happy-dom',
          include: ['src-renderer/**/*.dom.test.{ts,tsx}'],
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          // The whole program with real agent CLIs; the first run installs them.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
