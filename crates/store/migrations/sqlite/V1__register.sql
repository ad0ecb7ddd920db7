-- The register. Tables and views named in docs/DATABASE.md are public: people query them with their own tools.
-- Dates are ISO text. A partial date (unknown month or day) stands as the first day that it can mean, and a column
-- NAME_text beside it holds what the source said, for example 1941-00-00.

-- Vocabulary: small integers inside, the public names in the views.
CREATE TABLE source (
    source_id INTEGER PRIMARY KEY,       -- 0: typed by a person
    source TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE label (
    label_id INTEGER PRIMARY KEY,        -- below 1000: Kartotek's own; from 1000 on: the authority's
    custom_label TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE role (
    role_id INTEGER PRIMARY KEY,
    role TEXT NOT NULL UNIQUE
) STRICT;

-- Keys and journal numbers that the application allots in blocks, within the transaction that uses them.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
    contact_key INTEGER PRIMARY KEY,
    name_type TEXT NOT NULL,             -- C person with CPR number, P person without, J company ...
    name_code TEXT NOT NULL,             -- the number within the type
    name1 TEXT,
    name2 TEXT,
    position TEXT,
    text TEXT,
    start_date TEXT,
    start_date_text TEXT,
    end_date TEXT,
    end_date_text TEXT,
    placeholder TEXT NOT NULL DEFAULT 'N' CHECK (placeholder IN ('J', 'N')),
    revision INTEGER NOT NULL DEFAULT 0  -- the importer counts its own updates here; an update that does not was made by hand
) STRICT;
CREATE UNIQUE INDEX contact_by_code ON contact (name_type, name_code);
-- Relatives known by name only are found by their names; everybody else by number.
CREATE INDEX contact_unnumbered ON contact (name1, name2) WHERE name_type = 'P';

CREATE TABLE info_row (
    contact_key INTEGER NOT NULL,
    label_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    priority INTEGER NOT NULL,           -- order among the rows of one label, from 1
    info TEXT NOT NULL,
    PRIMARY KEY (contact_key, label_id, source_id, priority)
) STRICT, WITHOUT ROWID;

CREATE TABLE date_row (
    contact_key INTEGER NOT NULL,
    label_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    date TEXT NOT NULL,
    date_text TEXT,
    uncertain TEXT NOT NULL CHECK (uncertain IN ('J', 'N')),
    PRIMARY KEY (contact_key, label_id, source_id, priority)
) STRICT, WITHOUT ROWID;

CREATE TABLE address (
    address_key INTEGER PRIMARY KEY,
    contact_key INTEGER NOT NULL,
    address_type TEXT NOT NULL,          -- HA main, CPRADR former main from CPR; others in docs/MAPPING.md
    address1 TEXT,
    address2 TEXT,
    address3 TEXT,
    postcode TEXT,
    municipality TEXT,
    country_code TEXT,
    start_date TEXT,
    start_date_text TEXT,
    end_date TEXT,
    end_date_text TEXT,
    protection TEXT,                     -- protected from; NULL: not protected
    protection_text TEXT,
    phone_no TEXT,
    fax TEXT,
    email TEXT,
    source_id INTEGER NOT NULL DEFAULT 0,
    imported_hash INTEGER NOT NULL DEFAULT 0, -- of the lines as the source last wrote them: tells edits by hand
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX address_by_contact ON address (contact_key);

CREATE TABLE part_row (
    contact_key INTEGER NOT NULL,
    role_id INTEGER NOT NULL,
    name_ref_key INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,                -- counts repeated references of one role to one contact, from 1
    start_date TEXT,
    start_date_text TEXT,
    end_date TEXT,
    end_date_text TEXT,
    PRIMARY KEY (contact_key, role_id, name_ref_key, source_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE protection_row (
    contact_key INTEGER NOT NULL,
    protection_type TEXT NOT NULL,       -- four digits, CPR's code list BESKYTTYPE
    source_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    start_date TEXT,
    start_date_text TEXT,
    deletion_date TEXT,                  -- planned; the protection is in force until CPR no longer delivers it
    deletion_date_text TEXT,
    end_date TEXT,
    end_date_text TEXT,
    PRIMARY KEY (contact_key, protection_type, source_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_record (
    source TEXT NOT NULL,
    source_key TEXT NOT NULL,            -- the object's key at the source, for CPR the person's number
    contact_key INTEGER NOT NULL,
    src_subscribed TEXT NOT NULL DEFAULT 'N' CHECK (src_subscribed IN ('J', 'N')),
    subscribed TEXT CHECK (subscribed IN ('J', 'N')),
    source_stamp TEXT NOT NULL,          -- production date of the delivery, then CPR's time of update
    source_updated_at TEXT NOT NULL,     -- UTC
    content_hash INTEGER NOT NULL,
    mapping_hash INTEGER NOT NULL,
    stated INTEGER NOT NULL,             -- the contact fields that this source has set, one bit each
    edited TEXT NOT NULL DEFAULT 'N' CHECK (edited IN ('J', 'N')), -- changed by hand since the last import
    PRIMARY KEY (source, source_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_record_by_contact ON source_record (contact_key);

-- Cases and their parties, written by the authority's case system.
CREATE TABLE case_file (
    case_key INTEGER PRIMARY KEY,
    case_no TEXT NOT NULL UNIQUE,
    case_type TEXT,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    start_date TEXT,
    end_date TEXT
) STRICT;

CREATE TABLE case_party (
    case_key INTEGER NOT NULL REFERENCES case_file (case_key),
    contact_key INTEGER NOT NULL REFERENCES contact (contact_key),
    role TEXT NOT NULL DEFAULT '',
    address_key INTEGER,
    start_date TEXT,
    end_date TEXT,
    PRIMARY KEY (case_key, contact_key, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_party_by_contact ON case_party (contact_key);

CREATE TABLE run (
    run INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    started_at TEXT NOT NULL,            -- UTC
    finished_at TEXT,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    created INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    older INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    placeholders INTEGER NOT NULL DEFAULT 0,
    remarks INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE delivery (
    delivery INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    name TEXT NOT NULL,                  -- of the file, without its folder
    sha256 TEXT NOT NULL,
    task TEXT NOT NULL,
    production_date TEXT NOT NULL,
    previous_date TEXT,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    position INTEGER NOT NULL,           -- everything before this byte is in the register
    run INTEGER NOT NULL REFERENCES run (run),
    created INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    older INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    placeholders INTEGER NOT NULL DEFAULT 0,
    remarks INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX delivery_by_hash ON delivery (sha256);
CREATE INDEX delivery_by_task ON delivery (source, task, production_date);

CREATE TABLE run_message (
    message INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (run),
    delivery INTEGER REFERENCES delivery (delivery),
    severity TEXT NOT NULL CHECK (severity IN ('remark', 'error')),
    code TEXT NOT NULL,
    line INTEGER,                        -- from 1
    byte INTEGER,                        -- from 0
    record INTEGER,
    person TEXT,                         -- masked
    contact_key INTEGER,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX run_message_by_run ON run_message (run);
CREATE INDEX run_message_by_delivery ON run_message (delivery);

CREATE TABLE change_row (
    change_seq INTEGER PRIMARY KEY,      -- without gaps, in the order of commit
    run INTEGER NOT NULL,
    delivery INTEGER,
    contact_key INTEGER NOT NULL,
    what_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    source_stamp TEXT NOT NULL,
    fields TEXT NOT NULL                 -- JSON: [[record, field, after, before], ...]; before left out when there was none
) STRICT;
CREATE INDEX change_by_contact ON change_row (contact_key);

CREATE TABLE what (
    what_id INTEGER PRIMARY KEY,
    what TEXT NOT NULL UNIQUE
) STRICT;

-- Public views.
CREATE VIEW contact_info AS
    SELECT contact_key, custom_label, priority, info, source
    FROM info_row JOIN label USING (label_id) JOIN source USING (source_id);

CREATE VIEW contact_date AS
    SELECT contact_key, custom_label, date, uncertain, date_text, priority, source
    FROM date_row JOIN label USING (label_id) JOIN source USING (source_id);

CREATE VIEW part AS
    SELECT contact_key, name_ref_key, role, start_date, end_date, source, start_date_text, end_date_text, seq
    FROM part_row JOIN role USING (role_id) JOIN source USING (source_id);

CREATE VIEW protection AS
    SELECT contact_key, protection_type, start_date, deletion_date, end_date, source,
           start_date_text, deletion_date_text, seq
    FROM protection_row JOIN source USING (source_id);

CREATE VIEW change AS
    SELECT change_seq, run, delivery, contact_key, what, source, source_stamp, fields
    FROM change_row JOIN what USING (what_id) JOIN source USING (source_id);

CREATE VIEW change_field AS
    SELECT change_seq, run, delivery, contact_key, what, source, source_stamp,
           json_extract(entry.value, '$[0]') AS record,
           json_extract(entry.value, '$[1]') AS field,
           json_extract(entry.value, '$[3]') AS before,
           json_extract(entry.value, '$[2]') AS after
    FROM change_row JOIN what USING (what_id) JOIN source USING (source_id), json_each(change_row.fields) AS entry;

-- Edits by hand. Rows that a person adds belong to nobody's source, and a change to a source's row is noted in
-- source_record, so that the next delivery is planned even when it is unchanged.
-- Using up a key tells an import that remembers contacts to ask for them again.
CREATE TRIGGER contact_edited AFTER UPDATE ON contact WHEN NEW.revision = OLD.revision BEGIN
    UPDATE source_record SET edited = 'J' WHERE contact_key = NEW.contact_key;
    UPDATE counter SET next = next + 1 WHERE name = 'contact';
END;

-- Erasing a contact is a person's doing. What the register has of it goes along; the journal remains.
CREATE TRIGGER contact_deleted AFTER DELETE ON contact BEGIN
    DELETE FROM info_row WHERE contact_key = OLD.contact_key;
    DELETE FROM date_row WHERE contact_key = OLD.contact_key;
    DELETE FROM part_row WHERE contact_key = OLD.contact_key OR name_ref_key = OLD.contact_key;
    DELETE FROM protection_row WHERE contact_key = OLD.contact_key;
    DELETE FROM source_record WHERE contact_key = OLD.contact_key;
    DELETE FROM address WHERE contact_key = OLD.contact_key;
    UPDATE counter SET next = next + 1 WHERE name = 'contact';
END;

CREATE TRIGGER address_edited AFTER UPDATE ON address WHEN NEW.revision = OLD.revision BEGIN
    UPDATE source_record SET edited = 'J' WHERE contact_key = NEW.contact_key;
END;

CREATE TRIGGER address_deleted AFTER DELETE ON address BEGIN
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key;
END;

CREATE TRIGGER contact_info_insert INSTEAD OF INSERT ON contact_info BEGIN
    SELECT RAISE(ABORT, 'unknown custom_label: add it to table label first')
        WHERE NOT EXISTS (SELECT 1 FROM label WHERE custom_label = NEW.custom_label);
    INSERT INTO info_row (contact_key, label_id, source_id, priority, info)
        SELECT NEW.contact_key, label_id, 0, coalesce(NEW.priority, 1), NEW.info
        FROM label WHERE custom_label = NEW.custom_label;
END;

CREATE TRIGGER contact_info_update INSTEAD OF UPDATE ON contact_info BEGIN
    UPDATE info_row SET info = NEW.info, priority = NEW.priority
        WHERE contact_key = OLD.contact_key AND priority = OLD.priority
          AND label_id = (SELECT label_id FROM label WHERE custom_label = OLD.custom_label)
          AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key AND source = OLD.source;
END;

CREATE TRIGGER contact_info_delete INSTEAD OF DELETE ON contact_info BEGIN
    DELETE FROM info_row
        WHERE contact_key = OLD.contact_key AND priority = OLD.priority
          AND label_id = (SELECT label_id FROM label WHERE custom_label = OLD.custom_label)
          AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key AND source = OLD.source;
END;

CREATE TRIGGER contact_date_insert INSTEAD OF INSERT ON contact_date BEGIN
    SELECT RAISE(ABORT, 'unknown custom_label: add it to table label first')
        WHERE NOT EXISTS (SELECT 1 FROM label WHERE custom_label = NEW.custom_label);
    INSERT INTO date_row (contact_key, label_id, source_id, priority, date, date_text, uncertain)
        SELECT NEW.contact_key, label_id, 0, coalesce(NEW.priority, 1), NEW.date, NEW.date_text,
               coalesce(NEW.uncertain, 'N')
        FROM label WHERE custom_label = NEW.custom_label;
END;

CREATE TRIGGER contact_date_update INSTEAD OF UPDATE ON contact_date BEGIN
    UPDATE date_row SET date = NEW.date, date_text = CASE WHEN NEW.date = OLD.date THEN NEW.date_text END,
                        uncertain = NEW.uncertain, priority = NEW.priority
        WHERE contact_key = OLD.contact_key AND priority = OLD.priority
          AND label_id = (SELECT label_id FROM label WHERE custom_label = OLD.custom_label)
          AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key AND source = OLD.source;
END;

CREATE TRIGGER contact_date_delete INSTEAD OF DELETE ON contact_date BEGIN
    DELETE FROM date_row
        WHERE contact_key = OLD.contact_key AND priority = OLD.priority
          AND label_id = (SELECT label_id FROM label WHERE custom_label = OLD.custom_label)
          AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key AND source = OLD.source;
END;

CREATE TRIGGER part_insert INSTEAD OF INSERT ON part BEGIN
    SELECT RAISE(ABORT, 'unknown role: add it to table role first')
        WHERE NOT EXISTS (SELECT 1 FROM role WHERE role = NEW.role);
    INSERT INTO part_row (contact_key, role_id, name_ref_key, source_id, seq, start_date, end_date)
        SELECT NEW.contact_key, role_id, NEW.name_ref_key, 0, coalesce(NEW.seq, 1), NEW.start_date, NEW.end_date
        FROM role WHERE role = NEW.role;
END;

CREATE TRIGGER part_update INSTEAD OF UPDATE ON part BEGIN
    UPDATE part_row SET
            start_date = NEW.start_date, end_date = NEW.end_date, name_ref_key = NEW.name_ref_key,
            start_date_text = CASE WHEN NEW.start_date = OLD.start_date THEN start_date_text END,
            end_date_text = CASE WHEN NEW.end_date = OLD.end_date THEN end_date_text END
        WHERE contact_key = OLD.contact_key AND name_ref_key = OLD.name_ref_key AND seq = OLD.seq
          AND role_id = (SELECT role_id FROM role WHERE role = OLD.role)
          AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key AND source = OLD.source;
END;

CREATE TRIGGER part_delete INSTEAD OF DELETE ON part BEGIN
    DELETE FROM part_row
        WHERE contact_key = OLD.contact_key AND name_ref_key = OLD.name_ref_key AND seq = OLD.seq
          AND role_id = (SELECT role_id FROM role WHERE role = OLD.role)
          AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key AND source = OLD.source;
END;

-- Vocabulary of this version; a test compares it with the code.
INSERT INTO source (source_id, source) VALUES (0, ''), (1, 'CPR');
INSERT INTO what (what_id, what) VALUES (1, 'created'), (2, 'placeholder'), (3, 'completed'), (4, 'updated');
INSERT INTO role (role_id, role) VALUES
    (1, 'Ægtefælle'), (2, 'Forældre'), (3, 'Værge'), (4, 'GældendePNR'), (10, 'Barn'), (11, 'Forældremyndighed');
INSERT INTO label (label_id, custom_label) VALUES
    (1, 'GældendePNR'), (2, 'Køn'), (3, 'Status'), (4, 'Bynavn'), (5, 'Postdist'), (6, 'Fødregkode'),
    (7, 'Fødreg.myn.'), (8, 'Civilstand'), (9, 'Branche'), (10, 'Værgemålstype'),
    (20, 'Fødselsdag'), (21, 'Statusfra'), (22, 'Umyndig'), (23, 'Civst.fra'),
    (40, 'Udrejseland'), (41, 'Statsborgerskab'), (42, 'Tidligere PNR'), (43, 'Tidligere navn'),
    (44, 'Tidligere statsborgerskab'), (45, 'Tidligere civilstand'), (46, 'Tidligere folkekirke'),
    (47, 'Tidligere udrejse'), (48, 'Tidligere forsvinding'), (49, 'Tidligere separation'),
    (60, 'Udrejst'), (61, 'Forsvundet'), (62, 'Statsb.fra'), (63, 'Separeret'), (64, 'Kontaktadr.slettes');
INSERT INTO counter (name, next) VALUES ('contact', 1), ('address', 1), ('change', 1);
