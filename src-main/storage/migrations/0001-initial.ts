import type { Migration } from '../migrate.ts'

// `ordinal` keeps the order of insertion: VACUUM may renumber a rowid that has no name.
// `commit`, `check` and `key` are words of SQL and therefore quoted.
export const initial: Migration = {
  version: 1,
  name: '0001-initial',
  sql: `
CREATE TABLE projects (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  trusted_config TEXT,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects (id),
  goal TEXT NOT NULL,
  state TEXT NOT NULL,
  target TEXT NOT NULL,
  base TEXT NOT NULL,
  integration_branch TEXT NOT NULL,
  integration_head TEXT NOT NULL,
  digest TEXT NOT NULL,
  project_config TEXT NOT NULL,
  trusted INTEGER NOT NULL,
  agents TEXT NOT NULL,
  reason TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_project ON sessions (project_id);
CREATE INDEX sessions_active ON sessions (ordinal) WHERE state = 'active';

CREATE TABLE tasks (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  "key" TEXT NOT NULL,
  title TEXT NOT NULL,
  prompt TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  agent TEXT,
  wanted_agent TEXT,
  files TEXT NOT NULL,
  branch TEXT NOT NULL,
  base TEXT,
  "commit" TEXT,
  summary TEXT,
  reason TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (session_id, "key")
) STRICT;

CREATE TABLE task_needs (
  task_id TEXT NOT NULL REFERENCES tasks (id),
  position INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  need TEXT NOT NULL,
  PRIMARY KEY (task_id, position),
  UNIQUE (task_id, need),
  -- Tasks of a plan are written in any order, so this is looked at when the transaction ends.
  FOREIGN KEY (session_id, need) REFERENCES tasks (session_id, "key") DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE runs (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  task_id TEXT REFERENCES tasks (id),
  agent TEXT NOT NULL,
  cause TEXT NOT NULL,
  state TEXT NOT NULL,
  pid INTEGER,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  exit_code INTEGER,
  outcome TEXT,
  reason TEXT,
  cli_session_id TEXT,
  raw TEXT,
  transcript TEXT,
  usage TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_session ON runs (session_id);
CREATE INDEX runs_by_task ON runs (task_id);
CREATE INDEX runs_ended_by_agent ON runs (agent, n) WHERE state = 'ended';
CREATE INDEX runs_unended ON runs (n) WHERE state <> 'ended';

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  type TEXT NOT NULL,
  actor TEXT NOT NULL,
  session_id TEXT REFERENCES sessions (id),
  task_id TEXT REFERENCES tasks (id),
  run_id TEXT REFERENCES runs (id),
  data TEXT NOT NULL
) STRICT;
-- The only index: each further one is a page more in every durable append. The type stands in it so that a
-- filter by type reads no row it throws away.
CREATE INDEX events_by_session ON events (session_id, seq, type);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;

CREATE TABLE artifacts (
  hash TEXT NOT NULL PRIMARY KEY,
  bytes INTEGER NOT NULL,
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence (
  id INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  task_id TEXT REFERENCES tasks (id),
  "check" TEXT NOT NULL,
  command TEXT NOT NULL,
  setup TEXT NOT NULL,
  tree TEXT NOT NULL,
  exit_code INTEGER,
  duration_ms REAL NOT NULL,
  log TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX evidence_by_tree ON evidence (tree, "check");
CREATE INDEX evidence_by_session ON evidence (session_id);
CREATE INDEX evidence_by_task ON evidence (task_id);

CREATE TABLE checkpoints (
  session_id TEXT NOT NULL REFERENCES sessions (id),
  n INTEGER NOT NULL,
  tag TEXT NOT NULL,
  "commit" TEXT NOT NULL,
  message TEXT NOT NULL,
  at TEXT NOT NULL,
  evidence TEXT NOT NULL,
  restores INTEGER,
  PRIMARY KEY (session_id, n)
) STRICT;
-- Checkpoint 0 has no tag: it is the target as the session found it.
CREATE UNIQUE INDEX checkpoints_by_tag ON checkpoints (tag) WHERE tag <> '';

CREATE TABLE journal (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects (id),
  session_id TEXT NOT NULL REFERENCES sessions (id),
  kind TEXT NOT NULL,
  step TEXT NOT NULL,
  data TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  task_id TEXT REFERENCES tasks (id),
  run_id TEXT REFERENCES runs (id),
  ref TEXT NOT NULL,
  "commit" TEXT NOT NULL,
  cause TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX snapshots_by_session ON snapshots (session_id);
CREATE INDEX snapshots_by_task ON snapshots (task_id);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  task_id TEXT REFERENCES tasks (id),
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_session ON messages (session_id);
CREATE INDEX messages_by_task ON messages (task_id) WHERE task_id IS NOT NULL;

CREATE TABLE approvals (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  task_id TEXT REFERENCES tasks (id),
  kind TEXT NOT NULL,
  question TEXT NOT NULL,
  options TEXT NOT NULL,
  state TEXT NOT NULL,
  subject TEXT NOT NULL,
  decided_by TEXT,
  note TEXT,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX approvals_by_session ON approvals (session_id);

CREATE TABLE settings (
  "key" TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE commits (
  ordinal INTEGER PRIMARY KEY,
  "commit" TEXT NOT NULL,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  task_id TEXT REFERENCES tasks (id),
  kind TEXT NOT NULL,
  UNIQUE ("commit", session_id)
) STRICT;
CREATE INDEX commits_by_session ON commits (session_id);
`,
}
