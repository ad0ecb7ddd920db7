-- CPR Batch: files that come from and go to a source's file server, and what became of single persons in a run.

CREATE TABLE transfer (
    transfer bigint PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    direction text COLLATE "C" NOT NULL CHECK (direction IN ('in', 'out')),
    name text NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('begun', 'waiting', 'refused', 'done')),
    renamed text NOT NULL CHECK (renamed IN ('J', 'N')),
    gap_accepted text NOT NULL CHECK (gap_accepted IN ('J', 'N')),
    size bigint,
    remote_size bigint,
    remote_modified text,
    sha256 text COLLATE "C",
    task text COLLATE "C",
    production_date date,
    previous_date date,
    delivery bigint REFERENCES delivery (delivery),
    run bigint REFERENCES run (run),
    problem text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX transfer_by_state ON transfer (source, direction, state);
COMMENT ON COLUMN transfer.direction IS 'in: from the source; out: to it';
COMMENT ON COLUMN transfer.name IS
    'at the server before any renaming; in the interim directory, for a file that somebody put there';
COMMENT ON COLUMN transfer.renamed IS 'J: the file at the server was renamed';
COMMENT ON COLUMN transfer.gap_accepted IS 'J: an operator accepted that a delivery is missing, before it, or, of a refused one, it itself';
COMMENT ON COLUMN transfer.size IS 'bytes, once it is whole';
COMMENT ON COLUMN transfer.remote_size IS 'bytes that the server''s listing told';
COMMENT ON COLUMN transfer.remote_modified IS 'when it was changed, in the words of that listing';
COMMENT ON COLUMN transfer.sha256 IS 'once it is whole';
COMMENT ON COLUMN transfer.production_date IS
    'of record 000; of an outgoing file the day on which the source acts on it';
COMMENT ON COLUMN transfer.delivery IS 'that its import made, or found';
COMMENT ON COLUMN transfer.run IS 'that last had to do with it';
COMMENT ON COLUMN transfer.problem IS 'without personal data';

CREATE TABLE transfer_setting (
    source text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    value text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (source, name)
);

CREATE TABLE run_person (
    run bigint NOT NULL,
    contact_key bigint NOT NULL,
    delivery bigint,
    outcome text COLLATE "C" NOT NULL CHECK (outcome IN ('unchanged', 'older')),
    PRIMARY KEY (run, contact_key, outcome)
);
CREATE INDEX run_person_by_contact ON run_person (contact_key);
COMMENT ON TABLE run_person IS
    'those whom a run left as they were; the others stand in the journal or in run_message';

-- The journal has no index by run. An entry of the run is not before the first number nor behind the last.
ALTER TABLE run
    ADD COLUMN taken_delivery bigint,
    ADD COLUMN first_change bigint,
    ADD COLUMN last_change bigint;
COMMENT ON COLUMN run.taken_delivery IS 'that it began, or went on with';
COMMENT ON COLUMN run.first_change IS 'no entry of the run is before it in the journal; NULL: the run is older than this column';
COMMENT ON COLUMN run.last_change IS 'no entry of the run is behind it in the journal; NULL: also while the run goes on';
UPDATE run SET taken_delivery = d.delivery
    FROM (SELECT run, max(delivery) AS delivery FROM delivery GROUP BY run) AS d WHERE d.run = run.run;
CREATE INDEX run_message_by_contact ON run_message (contact_key, run);

-- Erasing a contact is a person's doing. What the register has of it goes along; the journal remains. Its places in cases
-- go by the foreign key, which is checked before the trigger fires.
CREATE OR REPLACE FUNCTION erase_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM info_row WHERE contact_key = OLD.contact_key;
    DELETE FROM date_row WHERE contact_key = OLD.contact_key;
    DELETE FROM part_row WHERE contact_key = OLD.contact_key OR name_ref_key = OLD.contact_key;
    DELETE FROM protection_row WHERE contact_key = OLD.contact_key;
    DELETE FROM source_record WHERE contact_key = OLD.contact_key;
    DELETE FROM address WHERE contact_key = OLD.contact_key;
    DELETE FROM run_person WHERE contact_key = OLD.contact_key;
    IF OLD.name_type = 'C' THEN
        DELETE FROM subscription_order WHERE source = 'CPR' AND source_key = OLD.name_code;
        DELETE FROM subscription_block WHERE source = 'CPR' AND source_key = OLD.name_code;
    END IF;
    PERFORM next_key('contact');
    RETURN NULL;
END $$;
