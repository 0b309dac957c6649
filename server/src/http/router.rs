use super::{
    Door, Doors, Server, aside, assets, budgets, compressed, forms, gate, headers, local, monitor, notice, pages, peer,
    request_id, sessions,
};
use crate::{api, ws};
use app::ssr::Assets;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state, map_request_with_state, map_response_with_state};
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// As long as a request may take; sockets are not requests any more once they are open.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The server as a router, and every door that it has.
///
/// # Errors
/// Says which file of the site has not been built.
pub fn router(server: &Server) -> anyhow::Result<(Router, Vec<Door>)> {
    let assets = assets::find(server.reload)?;
    let (pages, of_pages) = pages::routes(server, assets.clone());
    let sockets = Doors::new()
        .get("/ws", ws::all_rooms)
        .get("/ws/rooms/{room}", ws::one_room)
        .map(|router| router.layer(sessions::layer(server)));
    let mut doors = Doors::new()
        .merge(forms::routes(server, assets.clone(), pages.clone()))
        .merge(api::routes(server, &assets))
        .map(|router| router.fallback_service(pages).layer(from_fn_with_state(server.clone(), budgets::draw)))
        .map(|router| router.layer(sessions::layer(server)).layer(compressed::layer()))
        .map(|router| router.layer(from_fn(compressed::unless_observed)))
        .map(|router| router.layer(from_fn_with_state(server.clone(), aside::answer)))
        .merge(sockets)
        .leads_to(of_pages)
        .get("/assets/{name}", assets::serve)
        .merge(monitor::routes());
    if server.reload {
        let started = server.env.random.uuid().to_string();
        doors = doors.get("/dev/started", || async { started });
    }
    Ok(doors.map(|router| around(router, server, assets)).into_parts())
}

/// What every answer passes, errors included; the first is the outermost. One layer of several, since each layer of a
/// router is boxed, and cloned for each request with all that lies below.
fn around(router: Router<Server>, server: &Server, assets: Assets) -> Router {
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(server.clone(), request_id::name))
        .layer(map_response_with_state(server.clone(), monitor::count))
        .layer(map_response_with_state(server.clone(), headers::add))
        .layer(from_fn(api::in_one_shape))
        .layer(from_fn_with_state(assets, notice::as_page))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(map_request_with_state(server.clone(), gate::same_site_only))
        .layer(DefaultBodyLimit::max(forms::FORM_BYTES))
        .layer(map_request_with_state(server.clone(), peer::note))
        .layer(map_request_with_state(server.clone(), local::note));
    router.layer(layers).with_state(server.clone())
}
