-- Subscriptions at CPR: wishes about persons who were never delivered, orders on their way, and what operators configure.

ALTER TABLE source_record
    ALTER COLUMN source_stamp DROP NOT NULL,
    ALTER COLUMN source_updated_at DROP NOT NULL,
    ALTER COLUMN content_hash SET DEFAULT 0,
    ALTER COLUMN mapping_hash SET DEFAULT 0,
    ALTER COLUMN stated SET DEFAULT 0,
    ADD COLUMN deliveries_from date;
COMMENT ON COLUMN source_record.src_subscribed IS 'the state at the source';
COMMENT ON COLUMN source_record.subscribed IS 'the wish; NULL: none';
COMMENT ON COLUMN source_record.deliveries_from IS
    'deliveries of days before it do not change src_subscribed; NULL: all do';
COMMENT ON COLUMN source_record.source_stamp IS
    'production date of the delivery, then CPR''s time of update; NULL: nothing came yet';
COMMENT ON COLUMN source_record.source_updated_at IS 'NULL: nothing came yet';
CREATE INDEX source_record_wished ON source_record (source, source_key) WHERE subscribed IS NOT NULL;

-- A batch writes src_subscribed back as it has read it, and takes rows that it has not found for new ones; so whoever
-- changes either waits for the batch under way. A wish does not wait: an import leaves it alone. Nor do cases.
CREATE TRIGGER source_record_waits BEFORE INSERT OR DELETE OR UPDATE OF src_subscribed, deliveries_from, source_key, contact_key
    ON source_record FOR EACH STATEMENT EXECUTE FUNCTION take_writers_place();

CREATE TABLE subscription_order (
    subscription_order bigint PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    source_key text COLLATE "C" NOT NULL,
    contact_key bigint NOT NULL,
    action text NOT NULL CHECK (action IN ('OP', 'SL')),
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'sent', 'done', 'refused')),
    run bigint NOT NULL REFERENCES run (run),
    file text,
    line bigint,
    process_date date,
    error text,
    created_at timestamptz NOT NULL
);
CREATE INDEX subscription_order_by_key ON subscription_order (source_key, source);
CREATE INDEX subscription_order_pending ON subscription_order (source, source_key) WHERE state IN ('planned', 'sent');
CREATE INDEX subscription_order_refused ON subscription_order (source, subscription_order) WHERE state = 'refused';
COMMENT ON TABLE subscription_order IS 'what was asked of a source, and what became of it';
COMMENT ON COLUMN subscription_order.source_key IS 'for CPR the person''s number';
COMMENT ON COLUMN subscription_order.action IS 'OP subscribe, SL cancel';
COMMENT ON COLUMN subscription_order.file IS 'the subscription file; NULL: through CPR Direkte';
COMMENT ON COLUMN subscription_order.line IS 'in that file, from 1';
COMMENT ON COLUMN subscription_order.process_date IS 'the day on which the source acts on it';
COMMENT ON COLUMN subscription_order.error IS 'the source''s error number, when it refused';
INSERT INTO counter (name, next) VALUES ('subscription_order', 1);

CREATE TABLE subscription_block (
    source text COLLATE "C" NOT NULL,
    source_key text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (source_key, source)
);
COMMENT ON TABLE subscription_block IS 'persons who must not be subscribed';
COMMENT ON COLUMN subscription_block.source_key IS 'for CPR the person''s number';

CREATE TABLE external_source (
    name text COLLATE "C" PRIMARY KEY,
    parameters text NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN external_source.parameters IS 'key=value pairs, a semicolon after each; no secrets';

CREATE TABLE secret (
    name text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN secret.version IS 'counts the changes, from 1';
COMMENT ON COLUMN secret.key_id IS 'which key sealed it';
COMMENT ON COLUMN secret.sealed IS 'nonce and ciphertext';

-- Erasing a contact is a person's doing. What the register has of it goes along; the journal remains. Its places in cases
-- go by the foreign key, which is checked before the trigger fires.
ALTER TABLE case_party DROP CONSTRAINT case_party_contact_key_fkey;
ALTER TABLE case_party ADD CONSTRAINT case_party_contact_key_fkey
    FOREIGN KEY (contact_key) REFERENCES contact (contact_key) ON DELETE CASCADE;
CREATE OR REPLACE FUNCTION erase_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM info_row WHERE contact_key = OLD.contact_key;
    DELETE FROM date_row WHERE contact_key = OLD.contact_key;
    DELETE FROM part_row WHERE contact_key = OLD.contact_key OR name_ref_key = OLD.contact_key;
    DELETE FROM protection_row WHERE contact_key = OLD.contact_key;
    DELETE FROM source_record WHERE contact_key = OLD.contact_key;
    DELETE FROM address WHERE contact_key = OLD.contact_key;
    IF OLD.name_type = 'C' THEN
        DELETE FROM subscription_order WHERE source = 'CPR' AND source_key = OLD.name_code;
        DELETE FROM subscription_block WHERE source = 'CPR' AND source_key = OLD.name_code;
    END IF;
    PERFORM next_key('contact');
    RETURN NULL;
END $$;

-- Whose number was replaced, and whose has taken its place: role 4 is GældendePNR. Few persons, whom a walk over all of
-- them looks for.
CREATE INDEX part_replaced ON part_row (contact_key, name_ref_key) WHERE role_id = 4 AND end_date IS NULL;
CREATE INDEX part_replaces ON part_row (name_ref_key, contact_key) WHERE role_id = 4 AND end_date IS NULL;
