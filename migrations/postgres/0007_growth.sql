-- Rooms that nobody is in any more wait to be erased: they are found without looking at the others.
create index rooms_empty on rooms (id) where members = 0;
