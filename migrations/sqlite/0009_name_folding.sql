-- Version of the rule by which users.folded_name was made (server/src/store/folding.rs).
alter table instance add column name_folding integer not null default 0;
