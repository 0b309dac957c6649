-- Whoever looks after the server: its name, who may register, invitations, ways back in, and what was done by whom.

alter table instance add column name text collate "C" not null default 'Natter';

-- Who may create an account; empty as long as nobody has chosen.
alter table instance add column registration text collate "C" check (registration in ('open', 'invitation', 'closed'));

-- Of a bot: whether it was shut together with its owner, and opens again with them.
alter table users add column is_shut_with_owner boolean not null default false
  check (not is_shut_with_owner or (bot_of is not null and disabled_at is not null));

create index administrators on users (id) where is_admin;

-- Of an invitation's secret only the SHA-256 is kept.
create table invitations (
  id bigint generated always as identity primary key,
  digest bytea not null unique check (octet_length(digest) = 32),
  -- Empty when it was made on the command line.
  made_by bigint references users (id),
  note text collate "C" not null,
  created_at bigint not null,
  expires bigint not null,
  uses bigint not null check (uses >= 1),
  uses_left bigint not null check (uses_left between 0 and uses),
  revoked_at bigint
);

create index invitations_by_maker on invitations (made_by);

-- A link with which its person sets a new password, once. A new one takes the place of the former.
create table password_resets (
  user_id bigint primary key references users (id) on delete cascade,
  digest bytea not null unique check (octet_length(digest) = 32),
  made_by bigint references users (id),
  created_at bigint not null,
  expires bigint not null
);

create index password_resets_by_maker on password_resets (made_by);

-- What was done, by whom and to whom. The ids refer to nothing and the names stand as they were: a line outlives the
-- person and the room that it tells of. Lines are committed in the order of their ids.
create table audit (
  id bigint generated always as identity primary key,
  at bigint not null,
  -- Both empty when it was done on the command line.
  actor_id bigint,
  actor text collate "C",
  act text collate "C" not null,
  person_id bigint,
  person text collate "C",
  room_id bigint,
  room text collate "C",
  detail text collate "C" not null,
  check ((actor_id is null) = (actor is null)),
  check ((person_id is null) = (person is null)),
  check ((room_id is null) = (room is null))
);

create index audit_by_act on audit (act, id);
create index audit_by_actor on audit (actor, id);
create index audit_by_person on audit (person, id);
create index audit_by_time on audit (at);

-- For the number of messages a day. Messages lie nearly in the order of their time, so a summary of each run of pages is
-- enough, and costs those who send nothing.
create index messages_by_time on messages using brin (at) with (autosummarize = on);
