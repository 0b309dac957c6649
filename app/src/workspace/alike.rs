use protocol::{Kind, RoomId, RoomView, look};

/// Whose names look like those of others among them.
pub fn alike<K: Copy + Ord>(names: impl IntoIterator<Item = (K, impl AsRef<str>)>) -> Vec<K> {
    let mut looks: Vec<_> = names.into_iter().map(|(key, name)| (look(name.as_ref()), key)).collect();
    looks.sort_unstable();
    let groups = looks.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1);
    groups.flatten().map(|(_, key)| *key).collect()
}

/// The direct rooms whose names look like those of other rooms.
pub fn alike_rooms<'a>(rooms: impl Iterator<Item = &'a RoomView> + Clone) -> Vec<RoomId> {
    let direct = rooms.clone().filter(|room| room.kind == Kind::Direct);
    let mut direct: Vec<_> = direct.map(|room| room.id).collect();
    let alike = alike(rooms.map(|room| (room.id, &room.name)));
    direct.retain(|room| alike.contains(room));
    direct
}

/// The name of a room; of a direct one with the username where the name alone is that of another room too.
pub fn shown(room: &RoomView, alike: &[RoomId]) -> String {
    match &room.other {
        Some(other) if alike.contains(&room.id) => format!("{} @{}", room.name, other.username),
        _ => room.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{At, No, Person, ReadMarker, Rev, Role};

    fn room(id: i64, name: &str, kind: Kind) -> RoomView {
        let id = RoomId::try_from(id).unwrap();
        let person = |id: i64| Person {
            id: id.try_into().unwrap(),
            username: format!("user{id}"),
            name: name.to_owned(),
            is_bot: false,
        };
        RoomView {
            id,
            kind,
            name: name.to_owned(),
            other: (kind == Kind::Direct).then(|| person(id.get())),
            role: Role::Member,
            members: 2,
            rev: Rev::ZERO,
            last_no: No::ZERO,
            read: ReadMarker::default(),
            last: None,
            active_at: At::try_from(1).unwrap(),
        }
    }

    #[test]
    fn direct_rooms_of_one_name_are_told_apart_by_the_username() {
        let rooms = [
            room(1, "Maria Boss", Kind::Direct),
            room(2, "M\u{430}ria  boss", Kind::Direct),
            room(3, "Jona", Kind::Direct),
            room(4, "Kitchen", Kind::Group),
            room(5, "Kitchen", Kind::Group),
        ];
        let alike = alike_rooms(rooms.iter());
        let shown = rooms.map(|room| shown(&room, &alike));
        assert_eq!(shown, ["Maria Boss @user1", "M\u{430}ria  boss @user2", "Jona", "Kitchen", "Kitchen"]);
    }
}
