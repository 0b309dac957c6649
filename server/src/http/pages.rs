//! The pages, rendered by leptos.

use super::{Door, Server, headers::page_policy, request_id};
use app::ssr::{App, Assets, DeviceKey, Site, Sockets, Troubles, shell};
use axum::Router;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::from_fn;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use sha2::{Digest, Sha512};
use std::sync::Arc;
use tower_sessions::cookie::Key;

/// Every page of the app, and its own "not found".
pub fn routes(server: &Server, assets: Assets) -> (Router, Vec<Door>) {
    let context = context(server, assets);
    let not_found = leptos_axum::render_app_async_with_context(context.clone(), shell);
    // leptos_axum asks for them; nothing here depends on them.
    let options = LeptosOptions::builder().output_name("natter").build();
    let routes = generate_route_list(App);
    let doors = routes.iter().map(|route| Door::new(Method::GET, route.path())).chain([Door::new(Method::GET, "/{*}")]);
    let doors = doors.collect();
    let router = Router::new().leptos_routes_with_context(&options, routes, context, shell);
    (router.fallback(not_found).layer(from_fn(request_id::at_route)).with_state(options), doors)
}

/// What pages and server functions find in their context.
pub fn context(server: &Server, assets: Assets) -> impl Fn() + Clone + Send + Sync + 'static {
    let (env, site) = (server.env.clone(), Site { origin: server.origin.clone(), scheme: server.scheme() });
    let hub = server.hub.clone();
    let prefix = format!("{}-device-", server.cookie_name()).into();
    let devices = DeviceKey { key: device_key(&server.secret), prefix, is_secure: server.is_secure() };
    let asked = server.clone();
    let troubles = Troubles(Arc::new(move || asked.troubles()));
    let sockets = Sockets(Arc::new(move || hub.sockets()));
    move || {
        provide_context(env.clone());
        provide_context(sockets.clone());
        provide_context(troubles.clone());
        provide_context(site.clone());
        provide_context(devices.clone());
        provide_context(assets.clone());
        let policy = use_nonce().and_then(|nonce| HeaderValue::from_str(&page_policy(&nonce)).ok());
        if let (Some(response), Some(policy)) = (use_context::<ResponseOptions>(), policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// Another key than that of the session cookies, from the 64 bytes that all nodes share.
fn device_key(secret: &[u8]) -> Key {
    Key::from(&Sha512::new().chain_update(b"natter device cookies").chain_update(secret).finalize())
}
