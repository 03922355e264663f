import type { Migration } from '../migrate.ts'
import { initial } from './0001-initial.ts'
import { questionsAndPlans } from './0002-questions-and-plans.ts'

/** Every step there ever was, oldest first. */
export const migrations: readonly Migration[] = [initial, questionsAndPlans]
