-- Programs take part: log-ins with tokens, tokens that people make, bots. And an account can be shut.

alter table users add column bot_of bigint references users (id);

-- Since when nobody can log in; empty for an account that is open.
alter table users add column disabled_at bigint;

create index users_by_owner on users (bot_of) where bot_of is not null;

-- A session's id used to be what the cookie carries. From now on it is the SHA-256 of that, so people log in once more.
drop table sessions;

create table sessions (
  id text collate "C" primary key,
  user_id bigint references users (id) on delete cascade,
  proof text collate "C" not null check (proof in ('cookie', 'log-in', 'token')),
  -- What the browser's session layer keeps.
  data text not null,
  -- What a token may do; who has logged in may do everything.
  access text collate "C" check (access in ('read', 'write', 'both')),
  -- Whether a token reaches the rooms of session_rooms only.
  is_limited boolean not null,
  name text not null,
  address text not null,
  created_at bigint not null,
  seen_at bigint not null,
  expires bigint not null,
  check ((proof = 'token') = (access is not null)),
  check (proof = 'token' or not is_limited),
  check (proof = 'cookie' or user_id is not null)
);

create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires);

create table session_rooms (
  session_id text collate "C" not null references sessions (id) on delete cascade,
  room_id bigint not null references rooms (id) on delete cascade,
  primary key (session_id, room_id)
);

create index session_rooms_by_room on session_rooms (room_id);

-- What renews a program's log-in. One that was used stays, to be known when it comes again.
create table refresh_secrets (
  digest bytea primary key check (octet_length(digest) = 32),
  session_id text collate "C" not null references sessions (id) on delete cascade,
  is_used boolean not null
);

create index refresh_secrets_by_session on refresh_secrets (session_id);

create table tickets (
  digest bytea primary key check (octet_length(digest) = 32),
  session_id text collate "C" not null references sessions (id) on delete cascade,
  expires bigint not null
);

create index tickets_by_session on tickets (session_id);
create index tickets_by_expiry on tickets (expires);
