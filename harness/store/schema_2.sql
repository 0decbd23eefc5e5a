-- SPDX-License-Identifier: Apache-2.0
-- Version 2: sums over rounds, so that series over many sessions can be told without their rounds.

-- A series of one session summed up, as struct nb_digest_row of include/nestbench/digest.h says.
-- Every session that ended has them (migrate.c makes those of version 1). By series first: one
-- series over all sessions is one stretch of the table.
CREATE TABLE summary (
	series        INTEGER NOT NULL REFERENCES series,
	session       INTEGER NOT NULL REFERENCES session,
	outcome       TEXT NOT NULL CHECK (outcome IN ('ok', 'skip', 'error')),
	level         INTEGER,
	evidence      TEXT NOT NULL
	              CHECK (evidence IN ('verified', 'emulated', 'unverified', 'unavailable')),
	reason        TEXT NOT NULL CHECK (outcome = 'ok' OR reason <> ''),
	rounds        INTEGER NOT NULL,
	tagged_rounds INTEGER NOT NULL,
	batch         INTEGER,
	p50           REAL,
	ci_low        REAL,
	ci_high       REAL,
	p99           REAL,
	PRIMARY KEY (series, session),
	FOREIGN KEY (session, series) REFERENCES session_series (session, series)
) STRICT, WITHOUT ROWID;

-- Machines that are equal but for their boot_id: alike is the first of them.
CREATE TABLE environment (
	machine INTEGER PRIMARY KEY REFERENCES machine,
	alike   INTEGER NOT NULL REFERENCES machine
) STRICT;

INSERT INTO environment
SELECT id, min(id) OVER (
	PARTITION BY platform, instance, host, cpu_vendor, cpu_brand, microcode, topology,
		hypervisor, hypervisor_version, dmi_vendor, dmi_product, dmi_version, dmi_bios,
		cloud, wsl, container, os, kernel, kernel_cmdline, mitigations, kvm_module,
		kvm_parameters, clocksource, thp, governor, cpu_family, cpu_model, cpu_stepping,
		cpus, memory_bytes, swap_bytes)
FROM machine;

-- Rows of one comparison share its ULID. No nestbench of version 1 wrote any.
ALTER TABLE verdict ADD COLUMN comparison TEXT NOT NULL DEFAULT '';

CREATE INDEX session_started ON session (started, ulid);
CREATE INDEX label_value ON label (key, value);
CREATE INDEX baseline_member ON baseline_session (session);
