//! The contract suite of the store: a new adapter adds one line to its own file.

/// Runs every behaviour on a database; `$house` is an async function that makes a `House` on an empty one.
macro_rules! store_contract {
    ($house:path) => {
        behaviours!($house, accounts: [
            the_epoch_is_the_life_of_the_database,
            the_first_account_is_the_administrator,
            two_first_accounts_at_once_make_one_administrator,
            a_username_and_an_address_belong_to_one_person,
            the_username_is_tested_before_the_address,
            an_account_is_found_by_its_id,
            credentials_are_found_by_either_name_without_regard_to_case,
            a_new_name_is_told_in_every_room_of_the_person,
            a_new_name_is_not_told_where_the_person_has_left,
            a_new_password_ends_the_other_sessions,
            a_log_in_does_the_same_work_without_an_account,
            a_right_setup_code_costs_no_try,
            a_password_that_could_not_be_checked_costs_no_try,
        ]);
        behaviours!($house, arrivals: [
            the_first_account_creates_a_room_and_every_other_joins_it,
            of_first_accounts_at_once_one_creates_the_room,
            without_a_first_room_nobody_joins_anything,
            the_host_is_a_contact_of_those_who_were_invited,
        ]);
        behaviours!($house, sessions: [
            a_session_is_kept_as_it_was_saved,
            a_taken_id_is_not_given_again,
            an_ended_session_never_comes_back,
            an_expired_session_is_not_found_and_can_be_swept_away,
            expired_sessions_are_swept_a_few_at_a_time,
            the_living_among_many_sessions_are_told,
        ]);
        behaviours!($house, log_ins: [
            a_log_in_lives_until_it_expires,
            a_browser_s_session_lives_once_somebody_has_logged_in,
            nobody_is_logged_in_who_does_not_exist,
            a_renewal_serves_once_and_lengthens_the_log_in,
            a_secret_that_comes_again_ends_the_log_in,
            of_two_renewals_at_once_one_serves_and_the_log_in_ends,
            a_renewal_while_the_log_in_ends_hinders_neither,
            what_has_ended_or_expired_is_not_renewed,
            a_secret_tells_whose_it_is_until_it_was_used,
            used_secrets_are_swept_once_a_log_in_of_their_time_would_be_over,
            renewals_have_an_end_and_a_secret_that_comes_again_is_known_all_the_same,
            sessions_are_listed_by_their_last_use,
            a_session_is_shown_with_its_device,
            only_its_person_ends_a_session,
            the_other_log_ins_end_and_tokens_stay,
            a_new_password_leaves_tokens_alone,
            a_new_password_revokes_tokens_where_that_is_asked_for,
        ]);
        behaviours!($house, tickets: [
            a_ticket_serves_once,
            a_ticket_that_comes_twice_at_once_serves_once,
            a_ticket_waits_for_its_moment_only,
            a_ticket_is_worth_nothing_without_its_session,
            a_ticket_while_its_session_ends_hinders_neither,
        ]);
        behaviours!($house, tokens: [
            a_token_reaches_as_far_as_it_was_made_for,
            no_token_is_made_for_a_room_without_a_seat,
            a_token_reaches_no_room_that_its_person_has_left,
            a_token_expires,
            a_token_is_seen_once_it_was_used,
            a_token_does_not_outlive_the_right_to_make_it,
        ]);
        behaviours!($house, bots: [
            a_bot_has_an_owner_and_no_way_to_log_in,
            bots_and_people_share_the_usernames,
            bots_are_listed_for_their_owner_while_they_are_at_work,
            a_bot_takes_part_by_its_token,
            whoever_reads_of_a_bot_is_told_that_it_is_one,
        ]);
        behaviours!($house, seats_of_bots: [
            members_are_told_whose_bot_it_is,
            a_bot_comes_only_where_its_owner_is,
            a_bot_leaves_with_its_owner,
            a_bot_added_while_its_owner_leaves_does_not_stay,
            a_bot_brings_nobody_in,
            a_room_passes_to_people_only,
            a_room_without_an_owner_passes_to_whoever_is_enabled,
            bots_of_a_disabled_person_leave_their_groups,
            a_bot_added_while_its_owner_is_disabled_does_not_stay,
            a_bot_added_while_it_is_retired_does_not_stay,
            a_retired_bot_leaves_its_groups_and_everybody_is_told,
            nobody_adds_a_disabled_account,
            nobody_has_more_bots_than_there_may_be,
        ]);
        behaviours!($house, hooks: [
            a_hook_is_a_bot_with_a_seat_and_a_token_for_writing_there,
            of_a_hook_that_cannot_be_made_nothing_is_left,
            of_two_hooks_of_one_name_at_once_one_is_made,
            a_hook_while_its_maker_is_renamed_hinders_neither,
        ]);
        behaviours!($house, shut: [
            a_shut_account_has_no_sessions,
            nobody_gets_into_a_shut_account,
            a_shut_account_is_found_by_nobody,
            an_account_that_is_open_again_begins_without_sessions,
            nobody_is_shut_out_who_does_not_exist,
        ]);
        behaviours!($house, administrators: [
            only_administrators_administer,
            administrators_come_and_go,
            bots_and_shut_accounts_administer_nothing,
            the_last_administrator_stays,
            of_administrators_who_remove_each_other_at_once_one_stays,
            of_all_administrators_removed_at_once_one_stays,
            an_order_of_who_is_no_administrator_any_more_does_nothing,
        ]);
        behaviours!($house, people: [
            an_administrator_sees_an_account_whole,
            an_account_is_called_by_either_name_also_when_it_is_shut,
            people_are_searched_by_words_and_state,
            people_come_in_pages_by_username,
            a_disabled_person_is_out_with_their_bots,
            an_enabled_person_comes_back_with_the_bots_that_were_at_work,
            a_bot_retired_twice_over_opens_with_nobody,
            who_is_disabled_gets_no_bot,
            bots_made_while_their_owner_is_disabled_are_out_too,
            an_administrator_ends_log_ins_and_leaves_tokens,
            an_administrator_ends_all_access_of_a_person_and_their_bots,
        ]);
        behaviours!($house, invitations: [
            an_invitation_is_good_for_its_uses,
            never_more_accounts_are_made_than_an_invitation_has_uses,
            a_name_that_is_taken_uses_no_invitation_up,
            an_invitation_expires_and_can_be_revoked,
            invitations_are_listed_in_pages_the_newest_first,
            invitations_that_have_ended_take_no_place_on_a_page,
            the_first_account_needs_no_invitation,
            of_two_first_accounts_at_once_where_registration_is_closed_one_is_made,
            an_administrator_makes_an_account_for_somebody,
            nobody_registers_once_registration_is_closed,
            accounts_under_way_while_registration_closes_come_before_or_not_at_all,
        ]);
        behaviours!($house, resets: [
            a_link_sets_a_new_password_once,
            a_link_that_comes_many_times_at_once_serves_once,
            a_new_link_takes_the_place_of_the_former,
            a_new_password_ends_the_link,
            a_password_by_link_is_not_replaced_by_who_knew_the_former,
            a_link_expires,
            a_shut_account_has_no_link,
            no_link_is_made_for_a_bot_or_nobody,
            links_end_with_the_right_of_whoever_made_them,
            links_end_with_all_access_of_whoever_made_them,
            open_links_are_listed_and_revoked,
        ]);
        behaviours!($house, audit: [
            a_line_says_who_did_what_to_whom_and_when,
            the_log_is_searched,
            a_line_outlives_the_room_that_it_tells_of,
            whoever_was_shut_out_since_an_act_is_told,
            acts_at_once_are_committed_in_the_order_of_their_ids,
        ]);
        behaviours!($house, instance: [
            a_server_has_a_name,
            registration_is_open_until_somebody_chooses,
            what_the_configuration_fixes_nobody_chooses,
            groups_are_listed_in_pages_without_what_is_said_in_them,
            an_administrator_deletes_a_group_and_everybody_is_told,
            members_hear_of_the_end_of_their_group,
            the_groups_that_somebody_owns_go_at_once,
            a_direct_room_is_nobody_elses_to_delete,
            what_there_is_is_counted,
        ]);
        behaviours!($house, contacts: [
            people_are_found_by_parts_of_their_names_without_regard_to_case_or_diacritics,
            every_character_of_a_search_stands_for_itself,
            a_search_tells_contacts_apart_and_leaves_out_the_asker,
            of_people_who_are_named_those_are_told_whom_a_search_can_find,
            contacts_come_and_go_and_doing_it_twice_is_no_mistake,
            nobody_becomes_a_contact_who_does_not_exist,
        ]);
        behaviours!($house, rooms: [
            a_direct_room_bears_the_other_persons_name,
            a_direct_room_is_made_once_from_either_side,
            two_attempts_at_once_make_one_direct_room,
            a_direct_room_needs_two_people,
            a_group_begins_with_its_people_and_an_owner,
            a_group_with_a_stranger_is_not_made,
            rooms_are_listed_by_their_newest_activity,
            a_room_shows_its_last_message,
            heads_are_told_of_the_rooms_asked_for,
            new_seats_are_found_by_the_time_of_joining,
            a_person_s_rooms_come_in_pages_by_activity,
            only_the_owner_renames_a_room,
            one_room_is_read_as_among_all,
            outsiders_have_no_role,
            an_ended_session_is_in_no_room,
        ]);
        behaviours!($house, members: [
            newcomers_join_one_by_one_with_everything_read,
            who_is_in_the_room_already_stays_as_they_are,
            nobody_joins_with_a_stranger,
            who_has_left_adds_nobody,
            who_has_left_can_join_again,
            a_member_leaves_and_the_others_stay,
            who_has_left_is_not_told_who_is_there,
            only_the_owner_removes_others,
            the_longest_standing_member_follows_an_owner_who_leaves,
            the_last_one_leaves_nobody_behind,
            only_the_owner_closes_a_room_and_everybody_is_told,
            rooms_without_members_are_erased_a_little_at_a_time,
        ]);
        behaviours!($house, messages: [
            messages_are_numbered_from_one,
            an_own_message_is_read,
            a_retry_returns_the_first_receipt,
            the_same_client_id_with_another_text_is_a_conflict,
            the_same_client_id_in_another_room_is_a_conflict,
            two_people_may_use_the_same_client_id,
            a_retry_at_the_same_moment_is_stored_once,
            a_retry_costs_nothing,
            who_has_left_posts_nothing,
            who_has_left_reads_nothing,
            every_text_comes_back_as_it_was,
            the_newest_page_ends_with_the_last_message,
            pages_lead_back_to_the_first_message_and_forth_to_the_last,
            a_page_around_a_message_has_it_in_the_middle,
            a_page_beyond_the_end_is_empty_and_says_what_there_is,
        ]);
        behaviours!($house, missed: [
            nothing_is_missed_at_the_head,
            everything_missed_is_told_in_order,
            a_thing_that_changed_twice_is_told_once_as_it_is,
            too_much_to_tell_gives_the_room_as_it_stands,
            beyond_the_horizon_the_room_comes_as_it_stands,
            a_revision_from_the_future_gives_the_room_as_it_stands,
            outsiders_miss_nothing,
            a_direct_room_tells_the_other_persons_new_name,
            the_relay_tells_the_first_changes_in_order,
        ]);
        behaviours!($house, receipts: [
            a_read_mark_moves_forward_only,
            a_read_mark_stops_at_the_newest_message,
            who_has_left_marks_nothing,
            messages_are_marked_as_unread_and_what_is_told_late_loses,
            each_of_many_marks_at_once_is_told_its_own_state,
            markers_of_many_people_and_rooms_move_at_once,
            only_what_is_there_is_marked_as_unread_and_by_members,
            the_own_states_of_several_people_are_told,
        ]);
        behaviours!($house, order: [
            sixty_four_senders_get_one_order,
            a_senders_own_order_is_kept,
            every_change_takes_the_next_revision,
        ]);
        behaviours!($house, hosts: [
            an_invitation_tells_who_has_made_it_as_long_as_it_serves,
            a_group_tells_when_something_was_last_said_in_it,
        ]);
        behaviours!($house, convergence: [
            state_and_events_equal_the_state_read_afresh,
        ]);
    };
}

macro_rules! behaviours {
    ($house:path, $noun:ident: [$($behaviour:ident),* $(,)?]) => {
        mod $noun {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $behaviour() {
                    $crate::contract::$noun::$behaviour($house().await).await;
                }
            )*
        }
    };
}

pub(crate) use {behaviours, store_contract};
