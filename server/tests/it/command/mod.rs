//! The command line beside a live server: the built program, on either database.

mod accounts;
mod document;
mod environment;
mod first;
mod links;
mod support;
mod terminal;
mod wrong;

pub use support::natter;

support::on_both!(
    accounts: [
        who_is_disabled_is_out_within_two_seconds_and_can_be_let_in_again,
        bots_are_out_with_their_owner,
        all_access_of_somebody_ends_by_command,
        an_account_is_made_with_a_password_from_the_standard_input,
        people_are_listed_for_eyes_and_for_programs,
        somebody_is_made_an_administrator,
        a_server_that_writes_and_the_command_line_wait_for_each_other,
    ],
    first: [
        the_first_administrator_is_made_beside_a_server,
    ],
    links: [
        a_link_for_a_new_password_works_once_and_ends_the_log_ins,
        an_invitation_lets_in_as_many_as_it_says,
        an_invitation_that_is_not_needed_is_not_used_up,
        a_closed_server_takes_nobody_by_invitation,
    ],
    wrong: [
        whom_nobody_knows_is_refused_with_one_sentence,
        the_last_administrator_stays,
        a_name_that_is_taken_is_refused,
        a_password_that_is_guessed_first_is_refused,
        wrong_usage_is_told_from_a_refusal,
    ],
);
