-- Programs take part: log-ins with tokens, tokens that people make, bots. And an account can be shut.

alter table users add column bot_of integer references users (id);

-- Since when nobody can log in; empty for an account that is open.
alter table users add column disabled_at integer;

create index users_by_owner on users (bot_of) where bot_of is not null;

-- A session's id used to be what the cookie carries. From now on it is the SHA-256 of that, so people log in once more.
drop table sessions;

create table sessions (
  id text primary key,
  user_id integer references users (id) on delete cascade,
  proof text not null check (proof in ('cookie', 'log-in', 'token')),
  -- What the browser's session layer keeps.
  data text not null,
  -- What a token may do; who has logged in may do everything.
  access text check (access in ('read', 'write', 'both')),
  -- Whether a token reaches the rooms of session_rooms only.
  is_limited integer not null check (is_limited in (0, 1)),
  name text not null,
  address text not null,
  created_at integer not null,
  seen_at integer not null,
  expires integer not null,
  check ((proof = 'token') = (access is not null)),
  check (proof = 'token' or is_limited = 0),
  check (proof = 'cookie' or user_id is not null)
) strict, without rowid;

create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires);

create table session_rooms (
  session_id text not null references sessions (id) on delete cascade,
  room_id integer not null references rooms (id) on delete cascade,
  primary key (session_id, room_id)
) strict, without rowid;

create index session_rooms_by_room on session_rooms (room_id);

-- What renews a program's log-in. One that was used stays, to be known when it comes again.
create table refresh_secrets (
  digest blob primary key check (length(digest) = 32),
  session_id text not null references sessions (id) on delete cascade,
  is_used integer not null check (is_used in (0, 1))
) strict, without rowid;

create index refresh_secrets_by_session on refresh_secrets (session_id);

create table tickets (
  digest blob primary key check (length(digest) = 32),
  session_id text not null references sessions (id) on delete cascade,
  expires integer not null
) strict, without rowid;

create index tickets_by_session on tickets (session_id);
create index tickets_by_expiry on tickets (expires);
