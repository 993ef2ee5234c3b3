CREATE TABLE tickets (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    author text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    topic text,
    is_late boolean NOT NULL DEFAULT false,
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);

-- When the clock has looked for late tickets.
CREATE TABLE checks (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now()
);
