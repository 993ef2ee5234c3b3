CREATE TABLE attachments (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    ticket_id integer NOT NULL REFERENCES tickets ON DELETE CASCADE,
    name text NOT NULL,
    stored_as uuid NOT NULL UNIQUE
);
