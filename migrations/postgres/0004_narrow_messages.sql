-- A message touches fewer pages: each costs its commit a write.
-- Within a room numbers and revisions rise together, so the primary key finds revisions too. And clients make their ids
-- from the time (UUID version 7): an index that begins with them grows at its end, whoever writes.

alter table messages drop constraint messages_room_id_rev_key;
alter table messages drop constraint messages_author_id_client_id_key;
alter table messages add unique (client_id, author_id);
