-- Who has taken a seat lately: found without reading all seats.
create index members_by_joining on members (joined_at);
