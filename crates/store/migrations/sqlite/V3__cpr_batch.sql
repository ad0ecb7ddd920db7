-- CPR Batch: files that come from and go to a source's file server, and what became of single persons in a run.

CREATE TABLE transfer (
    transfer INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')), -- in: from the source; out: to it
    name TEXT NOT NULL,                  -- at the server before any renaming; in the interim directory, for a file put there
    state TEXT NOT NULL CHECK (state IN ('begun', 'waiting', 'refused', 'done')),
    renamed TEXT NOT NULL CHECK (renamed IN ('J', 'N')), -- the file at the server was renamed
    gap_accepted TEXT NOT NULL CHECK (gap_accepted IN ('J', 'N')), -- an operator accepted that a delivery is missing, before it, or, of a refused one, it itself
    size INTEGER,                        -- bytes, once it is whole
    remote_size INTEGER,                 -- bytes that the server's listing told
    remote_modified TEXT,                -- when it was changed, in the words of that listing
    sha256 TEXT,                         -- once it is whole
    task TEXT,
    production_date TEXT,                -- of record 000; of an outgoing file the day on which the source acts on it
    previous_date TEXT,
    delivery INTEGER REFERENCES delivery (delivery), -- that its import made, or found
    run INTEGER REFERENCES run (run),    -- that last had to do with it
    problem TEXT,                        -- without personal data
    created_at TEXT NOT NULL,            -- UTC
    updated_at TEXT NOT NULL             -- UTC
) STRICT;
CREATE INDEX transfer_by_state ON transfer (source, direction, state);

CREATE TABLE transfer_setting (
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_at TEXT NOT NULL,            -- UTC
    PRIMARY KEY (source, name)
) STRICT, WITHOUT ROWID;

-- Those whom a run left as they were. The others stand in the journal or in run_message.
CREATE TABLE run_person (
    run INTEGER NOT NULL,
    contact_key INTEGER NOT NULL,
    delivery INTEGER,
    outcome TEXT NOT NULL CHECK (outcome IN ('unchanged', 'older')),
    PRIMARY KEY (run, contact_key, outcome)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_person_by_contact ON run_person (contact_key);

ALTER TABLE run ADD COLUMN taken_delivery INTEGER; -- that it began, or went on with
-- The journal has no index by run. An entry of the run is not before the first number nor behind the last.
ALTER TABLE run ADD COLUMN first_change INTEGER; -- NULL: the run is older than this column
ALTER TABLE run ADD COLUMN last_change INTEGER;  -- NULL: also while it goes on
UPDATE run SET taken_delivery = (SELECT max(d.delivery) FROM delivery AS d WHERE d.run = run.run);
CREATE INDEX run_message_by_contact ON run_message (contact_key, run);

-- Erasing a contact is a person's doing. What the register has of it goes along; the journal remains.
DROP TRIGGER contact_deleted;
CREATE TRIGGER contact_deleted AFTER DELETE ON contact BEGIN
    DELETE FROM info_row WHERE contact_key = OLD.contact_key;
    DELETE FROM date_row WHERE contact_key = OLD.contact_key;
    DELETE FROM part_row WHERE contact_key = OLD.contact_key OR name_ref_key = OLD.contact_key;
    DELETE FROM protection_row WHERE contact_key = OLD.contact_key;
    DELETE FROM source_record WHERE contact_key = OLD.contact_key;
    DELETE FROM address WHERE contact_key = OLD.contact_key;
    DELETE FROM case_party WHERE contact_key = OLD.contact_key;
    DELETE FROM run_person WHERE contact_key = OLD.contact_key;
    DELETE FROM subscription_order WHERE source = 'CPR' AND source_key = OLD.name_code AND OLD.name_type = 'C';
    DELETE FROM subscription_block WHERE source = 'CPR' AND source_key = OLD.name_code AND OLD.name_type = 'C';
    UPDATE counter SET next = next + 1 WHERE name = 'contact';
END;
