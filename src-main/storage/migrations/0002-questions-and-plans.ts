import type { Migration } from '../migrate.ts'

/** Questions of agents, plans of drafts, reviews of tasks. */
export const questionsAndPlans: Migration = {
  version: 2,
  name: '0002-questions-and-plans',
  sql: `
ALTER TABLE approvals ADD COLUMN run_id TEXT REFERENCES runs (id);
ALTER TABLE approvals ADD COLUMN agent TEXT;
ALTER TABLE approvals ADD COLUMN scope TEXT;
ALTER TABLE sessions ADD COLUMN plan TEXT;
ALTER TABLE tasks ADD COLUMN review TEXT;
`,
}
