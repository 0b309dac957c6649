//! People: finding them, and those one keeps at hand.

use super::input::{Asked, Asker, Place};
use super::page::List;
use super::problem::Problem;
use super::{schema, text};
use crate::http::Server;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{contacts, ports};
use protocol::UserId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(search)).routes(routes!(list)).routes(routes!(add, remove))
}

/// A person as others see them.
#[derive(Clone, Serialize, ToSchema)]
pub struct Person {
    #[schema(value_type = schema::Id)]
    pub id: i64,
    #[schema(value_type = schema::Username)]
    pub username: String,
    #[schema(value_type = schema::Name64)]
    pub display_name: String,
    /// A program that speaks by tokens.
    pub is_bot: bool,
}

impl From<protocol::Person> for Person {
    fn from(person: protocol::Person) -> Self {
        Self { id: person.id.get(), username: person.username, display_name: person.name, is_bot: person.is_bot }
    }
}

/// Somebody whom a search has found.
#[derive(Serialize, ToSchema)]
struct Found {
    #[schema(value_type = schema::Id)]
    id: i64,
    #[schema(value_type = schema::Username)]
    username: String,
    #[schema(value_type = schema::Name64)]
    display_name: String,
    /// A program that speaks by tokens.
    is_bot: bool,
    is_contact: bool,
}

impl From<ports::Found> for Found {
    fn from(ports::Found { person, is_contact, .. }: ports::Found) -> Self {
        let Person { id, username, display_name, is_bot } = person.into();
        Self { id, username, display_name, is_bot, is_contact }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Search {
    /// What the username or the display name contains; everybody without it.
    #[serde(default)]
    #[param(value_type = schema::Words, required = false)]
    q: String,
}

/// Find people
///
/// By display name, at most 50; whoever wants more narrows the search.
#[utoipa::path(get, path = "/people", operation_id = "find_people", tag = "people", params(Search),
    responses((status = 200, description = "The people found, never oneself.", body = List<Found>)))]
async fn search(
    State(server): State<Server>,
    Asker(caller): Asker,
    Asked(search): Asked<Search>,
) -> Result<Json<List<Found>>, Problem> {
    let words = text::words(&search.q).map_err(|invalid| Problem::at("q", invalid.problem))?;
    Ok(List::of(contacts::search(&server.env, caller.reader()?, words).await?.entries))
}

/// List one's contacts
///
/// By display name.
#[utoipa::path(get, path = "/contacts", operation_id = "list_contacts", tag = "people",
    responses((status = 200, description = "All of them.", body = List<Person>)))]
async fn list(State(server): State<Server>, Asker(caller): Asker) -> Result<Json<List<Person>>, Problem> {
    Ok(List::of(contacts::list(&server.env, caller.reader()?).await?))
}

/// Keep somebody at hand
#[utoipa::path(put, path = "/contacts/{user}", operation_id = "add_contact", tag = "people",
    params(("user" = schema::Id, Path, description = "The person.")),
    responses((status = 204, description = "They are a contact now, or were one before.")))]
async fn add(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(user): Place<UserId>,
) -> Result<StatusCode, Problem> {
    contacts::add(&server.env, caller.writer()?, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keep somebody at hand no longer
#[utoipa::path(delete, path = "/contacts/{user}", operation_id = "remove_contact", tag = "people",
    params(("user" = schema::Id, Path, description = "The person.")),
    responses((status = 204, description = "They are no contact now, and perhaps never were.")))]
async fn remove(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(user): Place<UserId>,
) -> Result<StatusCode, Problem> {
    contacts::remove(&server.env, caller.writer()?, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
