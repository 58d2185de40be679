DROP TABLE draft;
DROP TABLE unconfirmed;
DELETE FROM versions WHERE packed IS NOT NULL;
ALTER TABLE versions DROP COLUMN packed;
ALTER TABLE versions DROP COLUMN changes;
