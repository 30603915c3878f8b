"""The catalogue, and the cache of searches."""

from alembic import op

revision = "0001"
down_revision = None

_UP = """
CREATE TABLE venues (
    id text COLLATE "C" NOT NULL CONSTRAINT pk_venues PRIMARY KEY,
    source text NOT NULL,
    name text,
    address text,
    city text,
    region text,
    postal_code text,
    country_code text,
    latitude double precision,
    longitude double precision,
    time_zone text,
    fetched_at timestamptz NOT NULL
);
COMMENT ON COLUMN venues.latitude IS 'degrees, WGS 84';
COMMENT ON COLUMN venues.longitude IS 'degrees, WGS 84';
COMMENT ON COLUMN venues.time_zone IS 'IANA name';

CREATE TABLE attractions (
    id text COLLATE "C" NOT NULL CONSTRAINT pk_attractions PRIMARY KEY,
    source text NOT NULL,
    name text,
    fetched_at timestamptz NOT NULL
);

CREATE TABLE events (
    id text COLLATE "C" NOT NULL CONSTRAINT pk_events PRIMARY KEY,
    source text NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    sort_at timestamptz,
    local_date date,
    venue_id text COLLATE "C" CONSTRAINT fk_events_venue_id REFERENCES venues (id),
    first_seen_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL
);
COMMENT ON COLUMN events.sort_at IS 'start, or the end of its day; null without a date';
COMMENT ON COLUMN events.local_date IS 'the day at the venue';
CREATE INDEX ix_events_venue_id ON events (venue_id);

CREATE TABLE event_documents (
    event_id text COLLATE "C" NOT NULL
        CONSTRAINT fk_event_documents_event_id REFERENCES events (id) ON DELETE CASCADE,
    locale text NOT NULL,
    document text NOT NULL,
    changed_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    CONSTRAINT pk_event_documents PRIMARY KEY (event_id, locale)
);
COMMENT ON COLUMN event_documents.locale IS 'as asked for; empty: the default';
COMMENT ON COLUMN event_documents.document IS 'JSON as answered, less what we know about our knowing it';

CREATE TABLE event_attractions (
    event_id text COLLATE "C" NOT NULL
        CONSTRAINT fk_event_attractions_event_id REFERENCES events (id) ON DELETE CASCADE,
    attraction_id text COLLATE "C" NOT NULL
        CONSTRAINT fk_event_attractions_attraction_id REFERENCES attractions (id),
    position integer NOT NULL,
    CONSTRAINT pk_event_attractions PRIMARY KEY (event_id, attraction_id)
);
COMMENT ON COLUMN event_attractions.position IS 'zero-based, in the source''s order';
CREATE INDEX ix_event_attractions_attraction_id ON event_attractions (attraction_id);

CREATE TABLE searches (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_searches PRIMARY KEY,
    key bytea NOT NULL CONSTRAINT uq_searches_key UNIQUE,
    created_at timestamptz NOT NULL,
    lease_token uuid,
    lease_until timestamptz,
    failed_at timestamptz,
    failure_detail text,
    failure_retry_after_s integer
);
COMMENT ON COLUMN searches.key IS 'SHA-256 of the normalised search';
COMMENT ON COLUMN searches.lease_token IS 'who fetches now; see freshness/leases.py';
COMMENT ON COLUMN searches.failed_at IS 'null once a fetch has succeeded';

CREATE TABLE readings (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_readings PRIMARY KEY,
    search_id bigint NOT NULL CONSTRAINT fk_readings_search_id REFERENCES searches (id) ON DELETE CASCADE,
    asked_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    next_part smallint,
    next_page integer,
    is_truncated boolean NOT NULL,
    total integer NOT NULL,
    is_total_exact boolean NOT NULL,
    members integer NOT NULL,
    settled integer NOT NULL,
    frontier timestamptz,
    CONSTRAINT ck_readings_cursor CHECK ((next_part IS NULL) = (next_page IS NULL)),
    CONSTRAINT ck_readings_settled CHECK (settled BETWEEN 0 AND members)
);
COMMENT ON COLUMN readings.next_part IS 'null: read to the end';
COMMENT ON COLUMN readings.next_page IS 'zero-based page of the source; null: read to the end';
COMMENT ON COLUMN readings.total IS 'as the source claims';
COMMENT ON COLUMN readings.frontier IS 'by date: where in time to go on from';
CREATE INDEX ix_readings_search_id_id ON readings (search_id, id);

CREATE TABLE reading_members (
    reading_id bigint NOT NULL CONSTRAINT fk_reading_members_reading_id REFERENCES readings (id) ON DELETE CASCADE,
    position integer NOT NULL,
    event_id text COLLATE "C" NOT NULL
        CONSTRAINT fk_reading_members_event_id REFERENCES events (id) ON DELETE CASCADE,
    kind text NOT NULL,
    sort_at timestamptz,
    CONSTRAINT pk_reading_members PRIMARY KEY (reading_id, position),
    CONSTRAINT uq_reading_members_reading_id_event_id UNIQUE (reading_id, event_id)
);
COMMENT ON COLUMN reading_members.position IS 'zero-based';
CREATE INDEX ix_reading_members_event_id ON reading_members (event_id);
"""

_DOWN = (
    "DROP TABLE reading_members, readings, searches, event_attractions, event_documents, events, attractions, venues"
)


def upgrade() -> None:
    """Create the first tables."""
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute(_DOWN)
