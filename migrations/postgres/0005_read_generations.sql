-- A read marker is a pair: marking messages as unread begins the next generation, in which it may stand further back.
alter table members add column read_generation bigint not null default 0 check (read_generation >= 0);
