//! Pages of long lists: by what stands at their ends (keyset pagination), with links to the neighbours (RFC 8288).

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    pub items: Vec<T>,
    /// Where the list goes on; nothing at its end.
    #[schema(required, format = "uri-reference", example = "/api/v1/rooms/7/messages?after=12&limit=15")]
    pub next: Option<String>,
    /// What stands before.
    #[schema(required, format = "uri-reference")]
    pub prev: Option<String>,
}

/// A whole list.
#[derive(Serialize, ToSchema)]
pub struct List<T: ToSchema> {
    pub items: Vec<T>,
}

impl<T: ToSchema> List<T> {
    pub fn of<U: Into<T>>(items: impl IntoIterator<Item = U>) -> Json<Self> {
        Json(Self { items: items.into_iter().map(Into::into).collect() })
    }
}

impl<T: ToSchema + Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let link = |(to, rel): (&Option<String>, &str)| to.as_ref().map(|to| format!("<{to}>; rel=\"{rel}\""));
        let links: Vec<_> = [(&self.next, "next"), (&self.prev, "prev")].into_iter().filter_map(link).collect();
        let mut answer = Json(self).into_response();
        if let Ok(value) = HeaderValue::from_str(&links.join(", "))
            && !links.is_empty()
        {
            answer.headers_mut().insert(header::LINK, value);
        }
        answer
    }
}
