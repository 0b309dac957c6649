-- A message touches fewer pages: each costs its commit a write, and 4 KiB of the log.
-- Within a room numbers and revisions rise together, so the primary key finds revisions too. And clients make their ids
-- from the time (UUID version 7): an index that begins with them grows at its end, whoever writes.

create table narrow_messages (
  room_id integer not null,
  no integer not null check (no >= 1),
  rev integer not null check (rev >= no),
  author_id integer not null,
  client_id blob not null check (length(client_id) = 16),
  text text not null,
  at integer not null,
  primary key (room_id, no),
  unique (client_id, author_id),
  foreign key (room_id, author_id) references members (room_id, user_id)
) strict, without rowid;

insert into narrow_messages (room_id, no, rev, author_id, client_id, text, at)
select room_id, no, rev, author_id, client_id, text, at
from messages
order by room_id, no;

drop table messages;

alter table narrow_messages rename to messages;

create index messages_by_time on messages (at);

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
