-- Subscriptions at CPR: wishes about persons who were never delivered, orders on their way, and what operators configure.

-- The rows are made anew, since SQLite cannot take NOT NULL back or give a column a default. The triggers of other tables
-- speak of source_record and shall go on to: without the legacy way they would follow the old table to its new name.
PRAGMA legacy_alter_table = ON;
ALTER TABLE source_record RENAME TO source_record_before;
PRAGMA legacy_alter_table = OFF;
CREATE TABLE source_record (
    source TEXT NOT NULL,
    source_key TEXT NOT NULL,            -- the object's key at the source, for CPR the person's number
    contact_key INTEGER NOT NULL,
    src_subscribed TEXT NOT NULL DEFAULT 'N' CHECK (src_subscribed IN ('J', 'N')), -- the state at the source
    subscribed TEXT CHECK (subscribed IN ('J', 'N')), -- the wish; NULL: none
    deliveries_from TEXT,                -- deliveries of days before it do not change src_subscribed; NULL: all do
    source_stamp TEXT,                   -- production date of the delivery, then CPR's time of update; NULL: nothing came yet
    source_updated_at TEXT,              -- UTC; NULL: nothing came yet
    content_hash INTEGER NOT NULL DEFAULT 0,
    mapping_hash INTEGER NOT NULL DEFAULT 0,
    stated INTEGER NOT NULL DEFAULT 0,   -- the contact fields that this source has set, one bit each
    edited TEXT NOT NULL DEFAULT 'N' CHECK (edited IN ('J', 'N')), -- changed by hand since the last import
    PRIMARY KEY (source, source_key)
) STRICT, WITHOUT ROWID;
INSERT INTO source_record (source, source_key, contact_key, src_subscribed, subscribed, source_stamp, source_updated_at,
                           content_hash, mapping_hash, stated, edited)
    SELECT source, source_key, contact_key, src_subscribed, subscribed, source_stamp, source_updated_at,
           content_hash, mapping_hash, stated, edited
    FROM source_record_before ORDER BY source, source_key;
DROP TABLE source_record_before;
CREATE INDEX source_record_by_contact ON source_record (contact_key);
CREATE INDEX source_record_wished ON source_record (source, source_key) WHERE subscribed IS NOT NULL;

-- What was asked of a source, and what became of it.
CREATE TABLE subscription_order (
    subscription_order INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    source_key TEXT NOT NULL,            -- for CPR the person's number
    contact_key INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('OP', 'SL')), -- OP subscribe, SL cancel
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'sent', 'done', 'refused')),
    run INTEGER NOT NULL REFERENCES run (run),
    file TEXT,                           -- the subscription file; NULL: through CPR Direkte
    line INTEGER,                        -- in that file, from 1
    process_date TEXT,                   -- the day on which the source acts on it
    error TEXT,                          -- the source's error number, when it refused
    created_at TEXT NOT NULL             -- UTC
) STRICT;
CREATE INDEX subscription_order_by_key ON subscription_order (source_key, source);
CREATE INDEX subscription_order_pending ON subscription_order (source, source_key) WHERE state IN ('planned', 'sent');
CREATE INDEX subscription_order_refused ON subscription_order (source, subscription_order) WHERE state = 'refused';
INSERT INTO counter (name, next) VALUES ('subscription_order', 1);

-- Persons who must not be subscribed.
CREATE TABLE subscription_block (
    source TEXT NOT NULL,
    source_key TEXT NOT NULL,            -- for CPR the person's number
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,            -- UTC
    PRIMARY KEY (source, source_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE external_source (
    name TEXT PRIMARY KEY,
    parameters TEXT NOT NULL,            -- key=value pairs, a semicolon after each; no secrets
    updated_at TEXT NOT NULL             -- UTC
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,            -- counts the changes, from 1
    key_id TEXT NOT NULL,                -- which key sealed it
    sealed BLOB NOT NULL,                -- nonce and ciphertext
    updated_at TEXT NOT NULL             -- UTC
) STRICT, WITHOUT ROWID;

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
    DELETE FROM subscription_order WHERE source = 'CPR' AND source_key = OLD.name_code AND OLD.name_type = 'C';
    DELETE FROM subscription_block WHERE source = 'CPR' AND source_key = OLD.name_code AND OLD.name_type = 'C';
    UPDATE counter SET next = next + 1 WHERE name = 'contact';
END;

-- Whose number was replaced, and whose has taken its place: role 4 is GældendePNR. Few persons, whom a walk over all of
-- them looks for.
CREATE INDEX part_replaced ON part_row (contact_key, name_ref_key) WHERE role_id = 4 AND end_date IS NULL;
CREATE INDEX part_replaces ON part_row (name_ref_key, contact_key) WHERE role_id = 4 AND end_date IS NULL;
