-- The group that every new account joins; empty where there is none. No foreign key: a deleted group has no owner, and then
-- nobody joins it.
alter table instance add column first_room bigint;
