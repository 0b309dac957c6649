-- The first shape of the database.
-- Moments are milliseconds since 1970; `no` and `rev` are the two counters of a room (docs/ARCHITECTURE.md).
-- Text is ordered and folded by its bytes (collate "C"), as in SQLite, whatever the language of the server.

create table instance (
  id integer primary key check (id = 1),
  -- The life of this database: a restore begins another one.
  epoch uuid not null,
  -- Signs the session cookies, so that each node takes those of the others.
  cookie_key bytea not null check (octet_length(cookie_key) = 64)
);

-- PostgreSQL itself gives random bytes as UUIDs only: of the 128 bits of each, 122 are random.
insert into instance (id, epoch, cookie_key)
select 1, gen_random_uuid(), uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
  || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

create table users (
  id bigint generated always as identity primary key,
  username text collate "C" not null unique check (username = lower(username)),
  email text collate "C" not null unique,
  display_name text collate "C" not null,
  -- The display name in small letters, for the search.
  folded_name text collate "C" not null,
  password_hash text not null,
  is_admin boolean not null,
  created_at bigint not null
);

create table sessions (
  id text collate "C" primary key,
  user_id bigint references users (id) on delete cascade,
  data text not null,
  expires bigint not null
);

create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires);

create table contacts (
  user_id bigint not null references users (id) on delete cascade,
  contact_id bigint not null references users (id) on delete cascade,
  primary key (user_id, contact_id),
  check (user_id <> contact_id)
);

create index contacts_by_contact on contacts (contact_id);

create table rooms (
  id bigint generated always as identity primary key,
  kind text collate "C" not null check (kind in ('direct', 'group')),
  name text collate "C",
  -- The pair of a direct room, the smaller id first: '3:7'.
  direct_key text collate "C" unique,
  members bigint not null check (members >= 0),
  last_no bigint not null default 0 check (last_no >= 0),
  rev bigint not null default 0 check (rev >= last_no),
  -- The revision of the newest renaming.
  name_rev bigint not null default 0 check (name_rev <= rev),
  created_at bigint not null,
  check ((kind = 'group') = (name is not null)),
  check ((kind = 'direct') = (direct_key is not null)),
  check (kind = 'group' or members = 2)
)
-- Every message moves the counters; with space left on its page the row's next version needs no index entry.
with (fillfactor = 50);

-- Who left keeps a row, so that others can be told; only `is_active` is in the room.
create table members (
  room_id bigint not null references rooms (id),
  user_id bigint not null references users (id),
  role text collate "C" not null check (role in ('owner', 'member')),
  is_active boolean not null,
  rev bigint not null,
  -- Tells seniority without a clock.
  joined_rev bigint not null check (joined_rev <= rev),
  joined_at bigint not null,
  read_no bigint not null check (read_no >= 0),
  primary key (room_id, user_id),
  check (role = 'member' or is_active)
)
with (fillfactor = 70);

create index members_by_user on members (user_id) where is_active;
create index members_by_rev on members (room_id, rev);
create unique index members_one_owner on members (room_id) where role = 'owner';

create table messages (
  room_id bigint not null,
  no bigint not null check (no >= 1),
  rev bigint not null check (rev >= no),
  author_id bigint not null,
  client_id uuid not null,
  text text collate "C" not null,
  at bigint not null,
  primary key (room_id, no),
  unique (room_id, rev),
  unique (author_id, client_id),
  foreign key (room_id, author_id) references members (room_id, user_id)
);
