CREATE TABLE documents (
	kind     TEXT    NOT NULL,
	account  TEXT    NOT NULL,
	region   TEXT    NOT NULL,
	id       TEXT    NOT NULL,
	revision INTEGER NOT NULL,
	body     BLOB    NOT NULL
);

-- In the order that scans read: within a scope by id, or over every scope.
CREATE UNIQUE INDEX documents_by_key ON documents (kind, account, region, id);

-- The change feed: seq is the order of commits, a transaction's changes share its revision. The oldest are pruned, the
-- newest never, since it tells the revision of the store.
CREATE TABLE changes (
	seq      INTEGER PRIMARY KEY,
	revision INTEGER NOT NULL,
	kind     TEXT    NOT NULL,
	account  TEXT    NOT NULL,
	region   TEXT    NOT NULL,
	id       TEXT    NOT NULL,
	deleted  INTEGER NOT NULL
);
