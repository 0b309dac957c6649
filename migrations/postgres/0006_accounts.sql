-- A bot takes part only where its owner does; secrets that were used are swept.

-- Of a bot: whether it is a webhook's, which has the one token of its address and gets no other.
alter table users add column is_hook boolean not null default false check (not is_hook or bot_of is not null);

-- A webhook's bot was made together with its token.
update users
set is_hook = true
where bot_of is not null
  and exists (
    select 1
    from sessions s
    where s.user_id = users.id
      and s.access = 'write'
      and s.is_limited
      and s.created_at = users.created_at
  );

-- Bots leave the groups in which their owner has no seat, or whose owner is disabled.
update members
set role = 'member', is_active = false, rev = n.rev
from (
  select m.room_id, m.user_id, r.rev + row_number() over (partition by m.room_id order by m.user_id) as rev
  from members m
  join rooms r on r.id = m.room_id
  join users b on b.id = m.user_id
  join users o on o.id = b.bot_of
  where r.kind = 'group'
    and m.is_active
    and (
      o.disabled_at is not null
      or not exists (select 1 from members where room_id = m.room_id and user_id = o.id and is_active)
    )
) n
where members.room_id = n.room_id
  and members.user_id = n.user_id;

update rooms
set members = (select count(*) from members where room_id = rooms.id and is_active),
  rev = greatest(rev, (select coalesce(max(rev), 0) from members where room_id = rooms.id))
where kind = 'group';

-- The remaining bots own nothing.
update members
set role = 'member', rev = (select rev + 1 from rooms where id = room_id)
where role = 'owner'
  and user_id in (select id from users where bot_of is not null);

update rooms
set rev = greatest(rev, (select coalesce(max(rev), 0) from members where room_id = rooms.id))
where kind = 'group';

-- A group without an owner passes to the person who has been there longest.
update members
set role = 'owner', rev = n.rev
from (
  select r.id as room_id, r.rev + 1 as rev, (
      select m.user_id
      from members m
      join users u on u.id = m.user_id
      where m.room_id = r.id
        and m.is_active
        and u.bot_of is null
        and u.disabled_at is null
      order by m.joined_rev, m.user_id
      limit 1
    ) as user_id
  from rooms r
  where r.kind = 'group'
    and not exists (select 1 from members where room_id = r.id and role = 'owner')
) n
where members.room_id = n.room_id
  and members.user_id = n.user_id;

update rooms
set rev = greatest(rev, (select coalesce(max(rev), 0) from members where room_id = rooms.id))
where kind = 'group';

-- Links serve only while whoever has made them is an administrator.
delete from password_resets
where made_by in (select id from users where not is_admin or disabled_at is not null);

update invitations
set revoked_at = (extract(epoch from now()) * 1000)::bigint
where revoked_at is null
  and made_by in (select id from users where not is_admin or disabled_at is not null);

-- When a secret was used; empty for one that still renews its log-in.
alter table refresh_secrets add column used_at bigint;

update refresh_secrets
set used_at = (extract(epoch from now()) * 1000)::bigint
where is_used;

alter table refresh_secrets drop column is_used;

create index refresh_secrets_by_use on refresh_secrets (used_at) where used_at is not null;
