import type { Migration } from '../migrate.ts'
import { initial } from './0001-initial.ts'

/** Every step there ever was, oldest first. */
export const migrations: readonly Migration[] = [initial]
