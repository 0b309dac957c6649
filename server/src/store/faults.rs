//! What cannot be in a sound database: each statement tells what it finds, a sentence a row, on either database.

/// Rooms that everybody has left are erased a little at a time, so theirs may have gaps.
pub const FAULTS: [&str; 14] = [
    "select 'Room ' || r.id || ' counts ' || r.last_no || ' messages, and its last one is number ' || max(m.no) as fault
     from rooms r
     join messages m on m.room_id = r.id
     where r.members > 0
     group by r.id, r.last_no
     having r.last_no <> max(m.no)
     order by r.id",
    "select 'Room ' || r.id || ' counts ' || r.last_no || ' messages and has none' as fault
     from rooms r
     where r.members > 0
       and r.last_no > 0
       and not exists (select 1 from messages m where m.room_id = r.id)
     order by r.id",
    "select 'Room ' || r.id || ' has ' || count(*) || ' messages up to number ' || max(m.no) as fault
     from rooms r
     join messages m on m.room_id = r.id
     where r.members > 0
     group by r.id
     having count(*) <> max(m.no)
     order by r.id",
    "select 'Room ' || r.id || ' stands at revision ' || r.rev || ', and a message at ' || max(m.rev) as fault
     from rooms r
     join messages m on m.room_id = r.id
     group by r.id, r.rev
     having r.rev < max(m.rev)
     order by r.id",
    "select 'Room ' || r.id || ' stands at revision ' || r.rev || ', and a member at ' || max(m.rev) as fault
     from rooms r
     join members m on m.room_id = r.id
     group by r.id, r.rev
     having r.rev < max(m.rev)
     order by r.id",
    "select 'Room ' || r.id || ' gives the messages ' || m.no || ' and ' || n.no || ' in another order than their revisions' as fault
     from rooms r
     join messages m on m.room_id = r.id
     join messages n on n.room_id = m.room_id and n.no = m.no + 1
     where n.rev <= m.rev
     order by r.id, m.no",
    "select 'Room ' || r.id || ' counts ' || r.members || ' members and has '
       || (select count(*) from members m where m.room_id = r.id and m.is_active) as fault
     from rooms r
     where r.members <> (select count(*) from members m where m.room_id = r.id and m.is_active)
     order by r.id",
    "select 'Room ' || r.id || ' has ' || (select count(*) from members m where m.room_id = r.id and m.role = 'owner')
       || ' owners' as fault
     from rooms r
     where (select count(*) from members m where m.room_id = r.id and m.role = 'owner')
       <> case when r.kind = 'group' and r.members > 0 then 1 else 0 end
     order by r.id",
    "select 'Room ' || r.id || ' is for ' || r.direct_key || ', and they are not its two members' as fault
     from rooms r
     where r.kind = 'direct'
       and r.direct_key <> coalesce(
         (select min(m.user_id) || ':' || max(m.user_id) from members m where m.room_id = r.id and m.is_active), '')
     order by r.id",
    "select 'Person ' || m.user_id || ' has read room ' || m.room_id || ' up to number ' || m.read_no || ' of '
       || r.last_no as fault
     from members m
     join rooms r on r.id = m.room_id
     where m.read_no > r.last_no
     order by m.room_id, m.user_id",
    "select 'Room ' || m.room_id || ' has a member ' || m.user_id || ' where there is no such room or person' as fault
     from members m
     where not exists (select 1 from rooms r where r.id = m.room_id)
       or not exists (select 1 from users u where u.id = m.user_id)
     order by m.room_id, m.user_id",
    "select 'Room ' || m.room_id || ' has a message ' || m.no || ' by ' || m.author_id || ', who was never in it' as fault
     from messages m
     where not exists (select 1 from members a where a.room_id = m.room_id and a.user_id = m.author_id)
     order by m.room_id, m.no",
    "select 'Bot ' || b.id || ' belongs to ' || b.bot_of || ', whom there is not' as fault
     from users b
     where b.bot_of is not null
       and not exists (select 1 from users u where u.id = b.bot_of)
     order by b.id",
    "select 'A session is of ' || s.user_id || ', whom there is not' as fault
     from sessions s
     where s.user_id is not null
       and not exists (select 1 from users u where u.id = s.user_id)
     order by s.user_id",
];
