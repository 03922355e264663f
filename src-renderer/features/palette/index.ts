/** The palette: everything the user can do and everywhere they can go, by typing; and the list of shortcuts. */
export { PaletteField } from './palette-field.tsx'
export { PaletteOverlay } from './palette-overlay.tsx'
export { ShortcutList } from './shortcut-list.tsx'
