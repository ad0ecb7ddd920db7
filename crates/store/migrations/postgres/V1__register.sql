-- The register. Tables and views named in docs/DATABASE.md are public: people query them with their own tools.
-- A partial date (unknown month or day) stands as the first day that it can mean, and a column NAME_text beside it
-- holds what the source said, for example 1941-00-00.
--
-- Codes and numbers sort by their bytes (COLLATE "C"), whatever the collation of the database: the order of results is
-- the same everywhere, and no upgrade of the operating system's collations makes an index wrong.

-- Vocabulary: small integers inside, the public names in the views.
CREATE TABLE source (
    source_id smallint PRIMARY KEY,
    source text COLLATE "C" NOT NULL UNIQUE
);
COMMENT ON COLUMN source.source_id IS '0: typed by a person';

CREATE TABLE label (
    label_id smallint PRIMARY KEY,
    custom_label text COLLATE "C" NOT NULL UNIQUE
);
COMMENT ON COLUMN label.label_id IS 'below 1000: Kartotek''s own; from 1000 on: the authority''s';

CREATE TABLE role (
    role_id smallint PRIMARY KEY,
    role text COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE what (
    what_id smallint PRIMARY KEY,
    what text COLLATE "C" NOT NULL UNIQUE
);

-- Each batch counts on, so there is room for new versions of these few rows on their page.
CREATE TABLE counter (
    name text COLLATE "C" PRIMARY KEY,
    next bigint NOT NULL
) WITH (fillfactor = 10);
COMMENT ON TABLE counter IS
    'keys and journal numbers that the application allots in blocks, within the transaction that uses them';

-- A key for a row that a person adds.
CREATE FUNCTION next_key(kind text) RETURNS bigint LANGUAGE sql AS
    'UPDATE counter SET next = next + 1 WHERE name = kind RETURNING next - 1';

-- How names are compared when they are looked for. Folds the case of the letters that CPR can deliver (ISO 8859-1), in
-- a way that hangs on no collation; most names are plain ASCII, whose octets are as many as their letters.
CREATE FUNCTION name_fold(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN octet_length(name) = char_length(name) THEN lower(name COLLATE "C")
         ELSE translate(lower(name COLLATE "C"), 'ÆØÅÀÁÂÃÄÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖÙÚÛÜÝÞ', 'æøåàáâãäçèéêëìíîïðñòóôõöùúûüýþ')
    END;

CREATE TABLE contact (
    contact_key bigint PRIMARY KEY DEFAULT next_key('contact'),
    name_type text COLLATE "C" NOT NULL,
    name_code text COLLATE "C" NOT NULL,
    name1 text,
    name2 text,
    position text,
    text text,
    start_date date,
    start_date_text text,
    end_date date,
    end_date_text text,
    placeholder text NOT NULL DEFAULT 'N' CHECK (placeholder IN ('J', 'N')),
    revision bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX contact_by_code ON contact (name_type, name_code);
-- Relatives known by name only are found by their names; everybody else by number.
CREATE INDEX contact_unnumbered ON contact (coalesce(name1, ''), coalesce(name2, '')) WHERE name_type = 'P';
COMMENT ON COLUMN contact.name_type IS 'C person with CPR number, P person without, J company ...';
COMMENT ON COLUMN contact.name_code IS 'the number within the type';
COMMENT ON COLUMN contact.placeholder IS 'J while the contact is only known because another one refers to it';
COMMENT ON COLUMN contact.revision IS
    'the importer counts its own updates here; an update that does not was made by hand';

CREATE TABLE info_row (
    contact_key bigint NOT NULL,
    label_id smallint NOT NULL,
    source_id smallint NOT NULL,
    priority smallint NOT NULL,
    info text NOT NULL,
    PRIMARY KEY (contact_key, label_id, source_id, priority)
);
COMMENT ON COLUMN info_row.priority IS 'order among the rows of one label, from 1';

CREATE TABLE date_row (
    contact_key bigint NOT NULL,
    label_id smallint NOT NULL,
    source_id smallint NOT NULL,
    priority smallint NOT NULL,
    date date NOT NULL,
    date_text text,
    uncertain text NOT NULL CHECK (uncertain IN ('J', 'N')),
    PRIMARY KEY (contact_key, label_id, source_id, priority)
);

CREATE TABLE address (
    address_key bigint PRIMARY KEY DEFAULT next_key('address'),
    contact_key bigint NOT NULL,
    address_type text COLLATE "C" NOT NULL,
    address1 text,
    address2 text,
    address3 text,
    postcode text COLLATE "C",
    municipality text COLLATE "C",
    country_code text COLLATE "C",
    start_date date,
    start_date_text text,
    end_date date,
    end_date_text text,
    protection date,
    protection_text text,
    phone_no text,
    fax text,
    email text,
    source_id smallint NOT NULL DEFAULT 0,
    imported_hash bigint NOT NULL DEFAULT 0,
    revision bigint NOT NULL DEFAULT 0
);
CREATE INDEX address_by_contact ON address (contact_key);
COMMENT ON COLUMN address.address_type IS 'HA main, CPRADR former main from CPR; others in docs/MAPPING.md';
COMMENT ON COLUMN address.protection IS 'protected from; NULL: not protected';
COMMENT ON COLUMN address.imported_hash IS 'of the lines as the source last wrote them: tells edits by hand';
COMMENT ON COLUMN address.revision IS
    'the importer counts its own updates here; an update that does not was made by hand';

CREATE TABLE part_row (
    contact_key bigint NOT NULL,
    role_id smallint NOT NULL,
    name_ref_key bigint NOT NULL,
    source_id smallint NOT NULL,
    seq smallint NOT NULL,
    start_date date,
    start_date_text text,
    end_date date,
    end_date_text text,
    PRIMARY KEY (contact_key, role_id, name_ref_key, source_id, seq)
);
COMMENT ON COLUMN part_row.seq IS 'counts repeated references of one role to one contact, from 1';

CREATE TABLE protection_row (
    contact_key bigint NOT NULL,
    protection_type text COLLATE "C" NOT NULL,
    source_id smallint NOT NULL,
    seq smallint NOT NULL,
    start_date date,
    start_date_text text,
    deletion_date date,
    deletion_date_text text,
    end_date date,
    end_date_text text,
    PRIMARY KEY (contact_key, protection_type, source_id, seq)
);
COMMENT ON COLUMN protection_row.protection_type IS 'four digits, CPR''s code list BESKYTTYPE';
COMMENT ON COLUMN protection_row.deletion_date IS
    'planned; the protection is in force until CPR no longer delivers it';

-- Each status extract moves the stamps of nearly everybody. With room for a second version of each row on its page the
-- indexes are left alone: measured 1.6 times as many a second, at the size that the table would grow to anyway.
CREATE TABLE source_record (
    source text COLLATE "C" NOT NULL,
    source_key text COLLATE "C" NOT NULL,
    contact_key bigint NOT NULL,
    src_subscribed text NOT NULL DEFAULT 'N' CHECK (src_subscribed IN ('J', 'N')),
    subscribed text CHECK (subscribed IN ('J', 'N')),
    source_stamp text COLLATE "C" NOT NULL,
    source_updated_at timestamptz NOT NULL,
    content_hash bigint NOT NULL,
    mapping_hash bigint NOT NULL,
    stated integer NOT NULL,
    edited text NOT NULL DEFAULT 'N' CHECK (edited IN ('J', 'N')),
    -- The key first, which tells records apart: the source alone says next to nothing.
    PRIMARY KEY (source_key, source)
) WITH (fillfactor = 50);
CREATE INDEX source_record_by_contact ON source_record (contact_key);
COMMENT ON COLUMN source_record.source_key IS 'the object''s key at the source, for CPR the person''s number';
COMMENT ON COLUMN source_record.source_stamp IS 'production date of the delivery, then CPR''s time of update';
COMMENT ON COLUMN source_record.stated IS 'the contact fields that this source has set, one bit each';
COMMENT ON COLUMN source_record.edited IS 'J: changed by hand since the last import';

-- Cases and their parties, written by the authority's case system.
CREATE TABLE case_file (
    case_key bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    case_no text COLLATE "C" NOT NULL UNIQUE,
    case_type text,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    start_date date,
    end_date date
);

CREATE TABLE case_party (
    case_key bigint NOT NULL REFERENCES case_file (case_key),
    contact_key bigint NOT NULL REFERENCES contact (contact_key),
    role text NOT NULL DEFAULT '',
    address_key bigint,
    start_date date,
    end_date date,
    PRIMARY KEY (case_key, contact_key, role)
);
CREATE INDEX case_party_by_contact ON case_party (contact_key);

CREATE TABLE run (
    run bigint PRIMARY KEY,
    kind text NOT NULL,
    source text COLLATE "C" NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    created bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    older bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    placeholders bigint NOT NULL DEFAULT 0,
    remarks bigint NOT NULL DEFAULT 0
);

-- Each batch moves its delivery on, so there is room for new versions.
CREATE TABLE delivery (
    delivery bigint PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    name text NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    task text COLLATE "C" NOT NULL,
    production_date date NOT NULL,
    previous_date date,
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    position bigint NOT NULL,
    run bigint NOT NULL REFERENCES run (run),
    created bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    older bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    placeholders bigint NOT NULL DEFAULT 0,
    remarks bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE INDEX delivery_by_hash ON delivery (sha256);
CREATE INDEX delivery_by_task ON delivery (source, task, production_date);
COMMENT ON COLUMN delivery.name IS 'of the file, without its folder';
COMMENT ON COLUMN delivery.position IS 'everything before this byte is in the register';

CREATE TABLE run_message (
    message bigint PRIMARY KEY,
    run bigint NOT NULL REFERENCES run (run),
    delivery bigint REFERENCES delivery (delivery),
    severity text NOT NULL CHECK (severity IN ('remark', 'error')),
    code text NOT NULL,
    line bigint,
    byte bigint,
    record integer,
    person text,
    contact_key bigint,
    text text NOT NULL
);
CREATE INDEX run_message_by_run ON run_message (run);
CREATE INDEX run_message_by_delivery ON run_message (delivery);
COMMENT ON COLUMN run_message.line IS 'from 1';
COMMENT ON COLUMN run_message.byte IS 'from 0';
COMMENT ON COLUMN run_message.person IS 'masked';

CREATE TABLE change_row (
    change_seq bigint PRIMARY KEY,
    run bigint NOT NULL,
    delivery bigint,
    contact_key bigint NOT NULL,
    what_id smallint NOT NULL,
    source_id smallint NOT NULL,
    source_stamp text COLLATE "C" NOT NULL,
    fields text NOT NULL
);
CREATE INDEX change_by_contact ON change_row (contact_key);
COMMENT ON COLUMN change_row.change_seq IS 'without gaps, in the order of commit';
COMMENT ON COLUMN change_row.fields IS
    'JSON: [[record, field, after, before], ...]; before left out when there was none';

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
           (entry ->> 0)::integer AS record,
           entry ->> 1 AS field,
           entry ->> 3 AS before,
           entry ->> 2 AS after
    FROM change_row JOIN what USING (what_id) JOIN source USING (source_id),
         json_array_elements(change_row.fields::json) AS entry;

-- Edits by hand. Rows that a person adds belong to nobody's source, and a change to a source's row is noted in
-- source_record, so that the next delivery is planned even when it is unchanged.
--
-- An edit takes the one writer's place before it touches a row. Otherwise a batch that has read the row already would
-- write over both the edit and the note of it.
CREATE FUNCTION take_writers_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x'6b6172746f74656b'::bigint); -- 'kartotek', as the application takes it
    RETURN NULL;
END $$;

CREATE FUNCTION note_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE source_record SET edited = 'J' WHERE contact_key = coalesce(NEW.contact_key, OLD.contact_key);
    -- Using up a key tells an import that remembers contacts to ask for them again.
    IF TG_TABLE_NAME = 'contact' THEN
        PERFORM next_key('contact');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER contact_waits BEFORE UPDATE OR DELETE ON contact
    FOR EACH STATEMENT EXECUTE FUNCTION take_writers_place();
CREATE TRIGGER contact_edited AFTER UPDATE ON contact
    FOR EACH ROW WHEN (NEW.revision = OLD.revision) EXECUTE FUNCTION note_edit();
-- Erasing a contact is a person's doing. What the register has of it goes along; the journal remains.
CREATE FUNCTION erase_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM info_row WHERE contact_key = OLD.contact_key;
    DELETE FROM date_row WHERE contact_key = OLD.contact_key;
    DELETE FROM part_row WHERE contact_key = OLD.contact_key OR name_ref_key = OLD.contact_key;
    DELETE FROM protection_row WHERE contact_key = OLD.contact_key;
    DELETE FROM source_record WHERE contact_key = OLD.contact_key;
    DELETE FROM address WHERE contact_key = OLD.contact_key;
    PERFORM next_key('contact');
    RETURN NULL;
END $$;
CREATE TRIGGER contact_deleted AFTER DELETE ON contact
    FOR EACH ROW EXECUTE FUNCTION erase_contact();

CREATE TRIGGER address_waits BEFORE UPDATE OR DELETE ON address
    FOR EACH STATEMENT EXECUTE FUNCTION take_writers_place();
CREATE TRIGGER address_edited AFTER UPDATE ON address
    FOR EACH ROW WHEN (NEW.revision = OLD.revision) EXECUTE FUNCTION note_edit();
CREATE TRIGGER address_deleted AFTER DELETE ON address
    FOR EACH ROW EXECUTE FUNCTION note_edit();

CREATE TRIGGER contact_info_waits BEFORE INSERT OR UPDATE OR DELETE ON contact_info
    FOR EACH STATEMENT EXECUTE FUNCTION take_writers_place();
CREATE FUNCTION edit_contact_info() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO info_row (contact_key, label_id, source_id, priority, info)
            SELECT NEW.contact_key, label_id, 0, coalesce(NEW.priority, 1), NEW.info
            FROM label WHERE custom_label = NEW.custom_label;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'unknown custom_label: add it to table label first';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE info_row SET info = NEW.info, priority = NEW.priority
            WHERE contact_key = OLD.contact_key AND priority = OLD.priority
              AND label_id = (SELECT label_id FROM label WHERE custom_label = OLD.custom_label)
              AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    ELSE
        DELETE FROM info_row
            WHERE contact_key = OLD.contact_key AND priority = OLD.priority
              AND label_id = (SELECT label_id FROM label WHERE custom_label = OLD.custom_label)
              AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    END IF;
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key AND source = OLD.source;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER contact_info_edit INSTEAD OF INSERT OR UPDATE OR DELETE ON contact_info
    FOR EACH ROW EXECUTE FUNCTION edit_contact_info();

CREATE TRIGGER contact_date_waits BEFORE INSERT OR UPDATE OR DELETE ON contact_date
    FOR EACH STATEMENT EXECUTE FUNCTION take_writers_place();
CREATE FUNCTION edit_contact_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO date_row (contact_key, label_id, source_id, priority, date, date_text, uncertain)
            SELECT NEW.contact_key, label_id, 0, coalesce(NEW.priority, 1), NEW.date, NEW.date_text,
                   coalesce(NEW.uncertain, 'N')
            FROM label WHERE custom_label = NEW.custom_label;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'unknown custom_label: add it to table label first';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE date_row SET date = NEW.date, date_text = CASE WHEN NEW.date = OLD.date THEN NEW.date_text END,
                            uncertain = NEW.uncertain, priority = NEW.priority
            WHERE contact_key = OLD.contact_key AND priority = OLD.priority
              AND label_id = (SELECT label_id FROM label WHERE custom_label = OLD.custom_label)
              AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    ELSE
        DELETE FROM date_row
            WHERE contact_key = OLD.contact_key AND priority = OLD.priority
              AND label_id = (SELECT label_id FROM label WHERE custom_label = OLD.custom_label)
              AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    END IF;
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key AND source = OLD.source;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER contact_date_edit INSTEAD OF INSERT OR UPDATE OR DELETE ON contact_date
    FOR EACH ROW EXECUTE FUNCTION edit_contact_date();

CREATE TRIGGER part_waits BEFORE INSERT OR UPDATE OR DELETE ON part
    FOR EACH STATEMENT EXECUTE FUNCTION take_writers_place();
CREATE FUNCTION edit_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO part_row (contact_key, role_id, name_ref_key, source_id, seq, start_date, end_date)
            SELECT NEW.contact_key, role_id, NEW.name_ref_key, 0, coalesce(NEW.seq, 1), NEW.start_date, NEW.end_date
            FROM role WHERE role = NEW.role;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'unknown role: add it to table role first';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE part_row SET
                start_date = NEW.start_date, end_date = NEW.end_date, name_ref_key = NEW.name_ref_key,
                start_date_text = CASE WHEN NEW.start_date = OLD.start_date THEN start_date_text END,
                end_date_text = CASE WHEN NEW.end_date = OLD.end_date THEN end_date_text END
            WHERE contact_key = OLD.contact_key AND name_ref_key = OLD.name_ref_key AND seq = OLD.seq
              AND role_id = (SELECT role_id FROM role WHERE role = OLD.role)
              AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    ELSE
        DELETE FROM part_row
            WHERE contact_key = OLD.contact_key AND name_ref_key = OLD.name_ref_key AND seq = OLD.seq
              AND role_id = (SELECT role_id FROM role WHERE role = OLD.role)
              AND source_id = (SELECT source_id FROM source WHERE source = OLD.source);
    END IF;
    UPDATE source_record SET edited = 'J' WHERE contact_key = OLD.contact_key AND source = OLD.source;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER part_edit INSTEAD OF INSERT OR UPDATE OR DELETE ON part
    FOR EACH ROW EXECUTE FUNCTION edit_part();

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
