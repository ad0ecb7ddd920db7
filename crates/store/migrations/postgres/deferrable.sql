-- Indexes that a first load into an empty register builds at its end, since they fill in random order.
CREATE INDEX IF NOT EXISTS contact_by_name2 ON contact (name_fold(name2) COLLATE "C");
CREATE INDEX IF NOT EXISTS contact_by_name1 ON contact (name_fold(name1) COLLATE "C");
CREATE INDEX IF NOT EXISTS address_by_postcode ON address (postcode) WHERE address_type = 'HA';
CREATE INDEX IF NOT EXISTS part_by_reference ON part_row (name_ref_key);
-- Nearly everybody has status 01; the others are what one looks for.
CREATE INDEX IF NOT EXISTS info_by_status ON info_row (info) WHERE label_id = 3 AND info <> '01';
