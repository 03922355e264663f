import { defineConfig } from '@playwright/test'
import type { Surface } from './e2e/ui/story.ts'

// The whole program, cores shared with its agents and its checks.
const STORY_MS = 120_000
// Longer than an answer of the gateway takes on a busy machine, shorter than anybody would wait.
const EXPECT_MS = 15_000

export default defineConfig<Surface>({
  testDir: 'e2e',
  testMatch: '**/*.story.ts',
  outputDir: '.cache/stories',
  timeout: STORY_MS,
  expect: { timeout: EXPECT_MS },
  // One after the other: they measure and they share the cores.
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  projects: [
    { name: 'chromium', use: { surface: 'chromium' }, testIgnore: '**/electron-*.story.ts' },
    { name: 'electron', use: { surface: 'electron' }, testIgnore: '**/chromium-*.story.ts' },
  ],
})
