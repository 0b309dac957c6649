use super::{Server, assets, forms, gate, headers, monitor, pages, sessions};
use crate::{api, ws};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// As long as a request may take; sockets are not requests any more once they are open.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every route of the server.
///
/// # Errors
/// Says which file of the site has not been built.
pub fn router(server: &Server) -> anyhow::Result<Router> {
    let assets = assets::find(server.reload)?;
    let pages = pages::routes(server, assets.clone());
    let started = server.env.random.uuid().to_string();
    let mut router = Router::new()
        .route("/ws", get(ws::all_rooms))
        .route("/ws/rooms/{room}", get(ws::one_room))
        .merge(forms::routes(server, assets.clone(), pages.clone()))
        .merge(api::routes(server, &assets))
        .fallback_service(pages)
        .layer(sessions::layer(server))
        .route("/assets/{name}", get(assets::serve))
        .merge(monitor::routes());
    if server.reload {
        router = router.route("/dev/started", get(|| async { started }));
    }
    Ok(router
        .layer(DefaultBodyLimit::max(forms::FORM_BYTES))
        .layer(from_fn_with_state(server.clone(), gate::same_site_only))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(api::in_one_shape))
        .layer(from_fn(headers::add))
        .layer(from_fn_with_state(server.clone(), monitor::count))
        .layer(TraceLayer::new_for_http())
        .with_state(server.clone()))
}
