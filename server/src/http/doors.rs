//! Routes that are remembered: `server/tests/it/matrix` has to say of each who may enter.

use super::Server;
use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};
use std::fmt;

/// A way in: a method, and a path as the router writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    pub method: Method,
    pub path: String,
}

impl Door {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into() }
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// A router and the list of its doors. It is the only way to add a route, so that none is forgotten.
pub struct Doors<S = Server> {
    router: Router<S>,
    all: Vec<Door>,
}

impl<S: Clone + Send + Sync + 'static> Doors<S> {
    pub fn new() -> Self {
        Self { router: Router::new(), all: Vec::new() }
    }

    pub fn get<H: Handler<T, S>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::GET, path, handler)
    }

    pub fn post<H: Handler<T, S>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::POST, path, handler)
    }

    pub fn merge(self, other: Self) -> Self {
        Self { router: self.router.merge(other.router), all: [self.all, other.all].concat() }
    }

    /// The same, all under one path.
    pub fn under(self, path: &str) -> Self {
        let all = self.all.into_iter().map(|door| Door::new(door.method, format!("{path}{}", door.path)));
        Self { router: Router::new().nest(path, self.router), all: all.collect() }
    }

    /// Names doors that are no routes of their own: what one route leads on to.
    pub fn leads_to(mut self, further: impl IntoIterator<Item = Door>) -> Self {
        self.all.extend(further);
        self
    }

    /// Changes the router otherwise than by a route: a layer, a state, a fallback.
    pub fn map<T>(self, change: impl FnOnce(Router<S>) -> Router<T>) -> Doors<T> {
        Doors { router: change(self.router), all: self.all }
    }

    pub fn into_parts(self) -> (Router<S>, Vec<Door>) {
        (self.router, self.all)
    }

    fn on<H: Handler<T, S>, T: 'static>(mut self, method: Method, path: &str, handler: H) -> Self {
        let filter = MethodFilter::try_from(method.clone()).expect("a method that axum routes by");
        self.router = self.router.route(path, on(filter, handler));
        self.all.push(Door::new(method, path));
        self
    }
}
