-- The first shape of the database.
-- Moments are milliseconds since 1970; `no` and `rev` are the two counters of a room (docs/ARCHITECTURE.md).

create table instance (
  id integer primary key check (id = 1),
  -- The life of this database: a restore begins another one.
  epoch blob not null check (length(epoch) = 16)
) strict;

insert into instance (id, epoch)
values (1, randomblob(16));

create table users (
  -- autoincrement: the id of a deleted account is never given to somebody else.
  id integer primary key autoincrement,
  username text not null unique check (username = lower(username)),
  email text not null unique,
  display_name text not null,
  -- The display name in small letters, for the search; SQLite itself folds ASCII only.
  folded_name text not null,
  password_hash text not null,
  is_admin integer not null check (is_admin in (0, 1)),
  created_at integer not null
) strict;

create table sessions (
  id text primary key,
  user_id integer references users (id) on delete cascade,
  data text not null,
  expires integer not null
) strict, without rowid;

create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires);

create table contacts (
  user_id integer not null references users (id) on delete cascade,
  contact_id integer not null references users (id) on delete cascade,
  primary key (user_id, contact_id),
  check (user_id <> contact_id)
) strict, without rowid;

create index contacts_by_contact on contacts (contact_id);

create table rooms (
  id integer primary key autoincrement,
  kind text not null check (kind in ('direct', 'group')),
  name text,
  -- The pair of a direct room, the smaller id first: '3:7'.
  direct_key text unique,
  members integer not null check (members >= 0),
  last_no integer not null default 0 check (last_no >= 0),
  rev integer not null default 0 check (rev >= last_no),
  -- The revision of the newest renaming.
  name_rev integer not null default 0 check (name_rev <= rev),
  created_at integer not null,
  check ((kind = 'group') = (name is not null)),
  check ((kind = 'direct') = (direct_key is not null)),
  check (kind = 'group' or members = 2)
) strict;

-- Who left keeps a row, so that others can be told; only `is_active = 1` is in the room.
create table members (
  room_id integer not null references rooms (id),
  user_id integer not null references users (id),
  role text not null check (role in ('owner', 'member')),
  is_active integer not null check (is_active in (0, 1)),
  rev integer not null,
  -- Tells seniority without a clock.
  joined_rev integer not null check (joined_rev <= rev),
  joined_at integer not null,
  read_no integer not null check (read_no >= 0),
  primary key (room_id, user_id),
  check (role = 'member' or is_active = 1)
) strict, without rowid;

create index members_by_user on members (user_id) where is_active = 1;
create index members_by_rev on members (room_id, rev);
create unique index members_one_owner on members (room_id) where role = 'owner';

create table messages (
  room_id integer not null,
  no integer not null check (no >= 1),
  rev integer not null check (rev >= no),
  author_id integer not null,
  client_id blob not null check (length(client_id) = 16),
  text text not null,
  at integer not null,
  primary key (room_id, no),
  unique (room_id, rev),
  unique (author_id, client_id),
  foreign key (room_id, author_id) references members (room_id, user_id)
) strict, without rowid;

-- The room and its author's read mark follow a message: so storing one is one statement, whole or not at all.
create trigger messages_are_followed after insert on messages
begin
  update rooms
  set last_no = new.no, rev = new.rev
  where id = new.room_id;

  update members
  set read_no = new.no
  where room_id = new.room_id
    and user_id = new.author_id;
end;
