import { join } from 'node:path'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname
// Native modules and what Electron itself provides; all else is bundled, so that packages that are
// modules only (commander, log-update) run inside a CommonJS bundle.
const external = [
  'electron',
  'better-sqlite3',
  'sqlite-vec',
  'node-pty',
  'dugite',
  'keytar',
  'fastify',
]
const output = {
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
} as const

// A page that is opened as a file has no origin for which its own styles could be allowed.
const plainLinks = {
  name: 'plain-links',
  enforce: 'post',
  transformIndexHtml: (html: string) => html.replaceAll(' crossorigin', ''),
} as const

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      outDir: 'out/main',
      sourcemap: true,
      rollupOptions: {
        external,
        input: { headless: join(root, 'src-main/app/headless.ts') },
        output,
      },
    },
  },
  // What runs inside Electron, apart from the commands: it must start where they cannot, on an Electron whose Node
  // is too old for them.
  preload: {
    // Packages have another variant for pages; main is none.
    ssr: { resolve: { conditions: ['node', 'module'], mainFields: ['module', 'main'] } },
    build: {
      externalizeDeps: false,
      outDir: 'out/desktop',
      // A sandboxed preload can load nothing that stands beside it.
      isolatedEntries: true,
      sourcemap: true,
      target: 'node18',
      rollupOptions: {
        external: ['electron'],
        input: {
          main: join(root, 'src-main/app/main.ts'),
          preload: join(root, 'src-preload/index.ts'),
        },
        output,
      },
    },
  },
  renderer: {
    root: join(root, 'src-renderer'),
    plugins: [react(), tailwind(), plainLinks],
    build: {
      outDir: join(root, 'out/renderer'),
      // The page's policy allows no inline code; data: addresses would be such.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      minify: true,
      // The oldest Chromium that shows it: that of the Electron which the stories may be told in.
      target: 'chrome114',
      cssTarget: 'chrome114',
      rollupOptions: {
        input: {
          index: join(root, 'src-renderer/index.html'),
          splash: join(root, 'src-renderer/splash.html'),
        },
      },
    },
  },
})
