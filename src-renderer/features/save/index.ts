/** Save and Roll back: what they would do, why they would not, and the way on. */
export { SaveButton } from './save-button.tsx'
export { SaveDialogs } from './save-dialogs.tsx'
