-- SPDX-License-Identifier: Apache-2.0
-- Version 1 of nestbench's database. A number that is not known is NULL, never 0; a text that is
-- not known is ''. Words (outcome, vantage, clock, evidence) are those of the JSON. Times are UTC,
-- ISO 8601. Values are in the unit of their series, net of the empty operation ("null").

PRAGMA application_id = 0x6e737462; -- "nstb"

-- What a machine was at one boot; equal ones share a row. The columns are those of NB_MACHINE_TEXTS
-- and NB_MACHINE_NUMBERS in include/nestbench/machine.h, in that order.
CREATE TABLE machine (
	id                 INTEGER PRIMARY KEY,
	platform           TEXT NOT NULL,
	instance           TEXT NOT NULL,
	host               TEXT NOT NULL,
	cpu_vendor         TEXT NOT NULL,
	cpu_brand          TEXT NOT NULL,
	microcode          TEXT NOT NULL,
	topology           TEXT NOT NULL,
	hypervisor         TEXT NOT NULL,
	hypervisor_version TEXT NOT NULL,
	dmi_vendor         TEXT NOT NULL,
	dmi_product        TEXT NOT NULL,
	dmi_version        TEXT NOT NULL,
	dmi_bios           TEXT NOT NULL,
	cloud              TEXT NOT NULL,
	wsl                TEXT NOT NULL,
	container          TEXT NOT NULL,
	os                 TEXT NOT NULL,
	kernel             TEXT NOT NULL,
	kernel_cmdline     TEXT NOT NULL,
	mitigations        TEXT NOT NULL,
	kvm_module         TEXT NOT NULL,
	kvm_parameters     TEXT NOT NULL,
	clocksource        TEXT NOT NULL,
	thp                TEXT NOT NULL,
	governor           TEXT NOT NULL,
	boot_id            TEXT NOT NULL,
	cpu_family         INTEGER,
	cpu_model          INTEGER,
	cpu_stepping       INTEGER,
	cpus               INTEGER,
	memory_bytes       INTEGER,
	swap_bytes         INTEGER
) STRICT;

CREATE INDEX machine_boot_id ON machine (boot_id);

-- One run. seed is an unsigned number of 64 bits, kept as the signed one of the same bits. valid
-- is NULL until the session ends; one that was killed stays partial and without it.
CREATE TABLE session (
	id      INTEGER PRIMARY KEY,
	ulid    TEXT NOT NULL UNIQUE,
	started TEXT NOT NULL,
	version TEXT NOT NULL,
	profile TEXT NOT NULL,
	seed    INTEGER NOT NULL,
	level   INTEGER,
	cpu     INTEGER,
	fifo    INTEGER NOT NULL CHECK (fifo IN (0, 1)),
	locked  INTEGER NOT NULL CHECK (locked IN (0, 1)),
	partial INTEGER NOT NULL CHECK (partial IN (0, 1)),
	valid   INTEGER CHECK (valid IN (0, 1)),
	machine INTEGER NOT NULL REFERENCES machine
) STRICT;

CREATE TABLE label (
	session  INTEGER NOT NULL REFERENCES session,
	position INTEGER NOT NULL,
	key      TEXT NOT NULL,
	value    TEXT NOT NULL,
	PRIMARY KEY (session, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
	id              INTEGER PRIMARY KEY,
	benchmark       TEXT NOT NULL,
	vantage         TEXT NOT NULL CHECK (vantage IN ('user', 'guest')),
	params          TEXT NOT NULL,
	metric          TEXT NOT NULL,
	unit            TEXT NOT NULL,
	lower_is_better INTEGER NOT NULL CHECK (lower_is_better IN (0, 1)),
	UNIQUE (benchmark, vantage, params, metric, unit, lower_is_better)
) STRICT;

-- The series of a session, with their places in report order.
CREATE TABLE session_series (
	id       INTEGER PRIMARY KEY,
	session  INTEGER NOT NULL REFERENCES session,
	series   INTEGER NOT NULL REFERENCES series,
	position INTEGER NOT NULL,
	UNIQUE (session, series)
) STRICT;

-- histogram: a byte that says how the rest is packed (0: as it is, 1: a zstd frame), then raw ticks
-- per sample, null included, in the code that harness/stats/histogram_code.c describes. NULL: none.
CREATE TABLE round (
	id             INTEGER PRIMARY KEY,
	session_series INTEGER NOT NULL REFERENCES session_series,
	ordinal        INTEGER NOT NULL,
	outcome        TEXT NOT NULL CHECK (outcome IN ('ok', 'skip', 'error')),
	reason         TEXT NOT NULL CHECK (outcome = 'ok' OR reason <> ''),
	samples        INTEGER,
	batch          INTEGER,
	tick_hz        REAL,
	null_ticks     REAL,
	clock          TEXT NOT NULL CHECK (clock IN ('host', 'guest-tsc')),
	min            REAL,
	p50            REAL,
	p95            REAL,
	p99            REAL,
	p999           REAL,
	max            REAL,
	evidence       TEXT NOT NULL
	               CHECK (evidence IN ('verified', 'emulated', 'unverified', 'unavailable')),
	ops            INTEGER,
	exits_per_op   REAL,
	expected       REAL,
	histogram      BLOB,
	UNIQUE (session_series, ordinal)
) STRICT;

-- What was watched while the round ran. tags is a sum of 1 steal, 2 switches, 4 migration,
-- 8 clocksource, 16 tsc, 32 stall, 64 swap, 128 psi, 256 canary: the guards that it failed.
CREATE TABLE guard (
	round            INTEGER PRIMARY KEY REFERENCES round,
	wall_ms          REAL,
	steal_ms         REAL,
	switches         INTEGER,
	migrations       INTEGER,
	clocksource      INTEGER,
	tsc_ppm          REAL,
	stall_us         REAL,
	swap_ins         INTEGER,
	psi_cpu_ms       REAL,
	canary_before_us REAL,
	canary_after_us  REAL,
	tags             INTEGER NOT NULL
) STRICT;

-- Names of KVM's counters, and what they counted over a round's timed loop.
CREATE TABLE exit_kind (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE exit_count (
	round    INTEGER NOT NULL REFERENCES round,
	position INTEGER NOT NULL,
	kind     INTEGER NOT NULL REFERENCES exit_kind,
	count    INTEGER,
	PRIMARY KEY (round, position)
) STRICT, WITHOUT ROWID;

-- A named reference: frozen sessions, or a spec whose figures come from its provenance.
CREATE TABLE baseline (
	id         INTEGER PRIMARY KEY,
	name       TEXT NOT NULL UNIQUE,
	created    TEXT NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('sessions', 'spec')),
	provenance TEXT NOT NULL CHECK (provenance <> '')
) STRICT;

CREATE TABLE baseline_session (
	baseline INTEGER NOT NULL REFERENCES baseline,
	session  INTEGER NOT NULL REFERENCES session,
	PRIMARY KEY (baseline, session)
) STRICT, WITHOUT ROWID;

-- A verdict is derived: method, version and seed say how to compute it again, bit for bit. base and
-- candidate are what the comparison was asked for (a session, label:K=V, baseline:NAME).
CREATE TABLE verdict (
	id         INTEGER PRIMARY KEY,
	created    TEXT NOT NULL,
	base       TEXT NOT NULL,
	candidate  TEXT NOT NULL,
	series     INTEGER NOT NULL REFERENCES series,
	method     TEXT NOT NULL,
	version    TEXT NOT NULL,
	seed       INTEGER NOT NULL,
	margin     REAL,
	ratio      REAL,
	ci_low     REAL,
	ci_high    REAL,
	p_adjusted REAL,
	mde        REAL,
	indicative INTEGER NOT NULL CHECK (indicative IN (0, 1)),
	verdict    TEXT NOT NULL
	           CHECK (verdict IN ('same', 'improved', 'regressed', 'inconclusive', 'invalid'))
) STRICT;

-- What the machine cannot know: "the hypervisor was upgraded".
CREATE TABLE event (
	id   INTEGER PRIMARY KEY,
	ulid TEXT NOT NULL UNIQUE,
	at   TEXT NOT NULL,
	text TEXT NOT NULL CHECK (text <> '')
) STRICT;
