-- Whoever looks after the server: its name, who may register, invitations, ways back in, and what was done by whom.

alter table instance add column name text not null default 'Natter';

-- Who may create an account; empty as long as nobody has chosen.
alter table instance add column registration text check (registration in ('open', 'invitation', 'closed'));

-- Of a bot: whether it was shut together with its owner, and opens again with them.
alter table users add column is_shut_with_owner integer not null default 0
  check (is_shut_with_owner = 0 or (bot_of is not null and disabled_at is not null));

create index administrators on users (id) where is_admin = 1;

-- Of an invitation's secret only the SHA-256 is kept.
create table invitations (
  id integer primary key autoincrement,
  digest blob not null unique check (length(digest) = 32),
  -- Empty when it was made on the command line.
  made_by integer references users (id),
  note text not null,
  created_at integer not null,
  expires integer not null,
  uses integer not null check (uses >= 1),
  uses_left integer not null check (uses_left between 0 and uses),
  revoked_at integer
) strict;

create index invitations_by_maker on invitations (made_by);

-- A link with which its person sets a new password, once. A new one takes the place of the former.
create table password_resets (
  user_id integer primary key references users (id) on delete cascade,
  digest blob not null unique check (length(digest) = 32),
  made_by integer references users (id),
  created_at integer not null,
  expires integer not null
) strict;

create index password_resets_by_maker on password_resets (made_by);

-- What was done, by whom and to whom. The ids refer to nothing and the names stand as they were: a line outlives the
-- person and the room that it tells of. Lines are committed in the order of their ids.
create table audit (
  id integer primary key autoincrement,
  at integer not null,
  -- Both empty when it was done on the command line.
  actor_id integer,
  actor text,
  act text not null,
  person_id integer,
  person text,
  room_id integer,
  room text,
  detail text not null,
  check ((actor_id is null) = (actor is null)),
  check ((person_id is null) = (person is null)),
  check ((room_id is null) = (room is null))
) strict;

create index audit_by_act on audit (act, id);
create index audit_by_actor on audit (actor, id);
create index audit_by_person on audit (person, id);
create index audit_by_time on audit (at);

-- For the number of messages a day.
create index messages_by_time on messages (at);
