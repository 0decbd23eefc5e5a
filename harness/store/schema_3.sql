-- SPDX-License-Identifier: Apache-2.0
-- Version 3: the places that io.* measured, folders and what is below them.

-- The columns are those of NB_TARGET_TEXTS and NB_TARGET_NUMBERS in include/nestbench/target.h, in
-- that order. name is what the params of a series call it, as in "target=cwd".
CREATE TABLE target (
	session     INTEGER NOT NULL REFERENCES session,
	position    INTEGER NOT NULL,
	name        TEXT NOT NULL CHECK (name <> ''),
	path        TEXT NOT NULL CHECK (path <> ''),
	kind        TEXT NOT NULL CHECK (kind <> ''),
	transport   TEXT NOT NULL,
	options     TEXT NOT NULL,
	device      TEXT NOT NULL,
	disk        TEXT NOT NULL,
	scheduler   TEXT NOT NULL,
	write_cache TEXT NOT NULL,
	rotational  INTEGER CHECK (rotational IN (0, 1)),
	queue_depth INTEGER,
	size_bytes  INTEGER,
	free_bytes  INTEGER,
	PRIMARY KEY (session, position),
	UNIQUE (session, name)
) STRICT, WITHOUT ROWID;
