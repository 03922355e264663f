import type { DesktopBridge } from '../../src-shared/contract/index.ts'

/** The desktop app around the page; nothing in a browser. */
export const desktop = (globalThis as { thalogos?: DesktopBridge }).thalogos
