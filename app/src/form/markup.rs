//! Pages are written once, whole, by the server: as soon as a view is made its HTML is written down.
//!
//! leptos' own `Children` and `AnyView` bring along, for every view again, what it takes to wait for it, to hydrate it
//! and to change it; nothing of that happens to a page around the island, and it was nearly a fifth of the program.

use leptos::children::ToChildren;
use leptos::prelude::*;
use leptos::tachys::html::InertElement;

/// What stands within a component.
pub struct Content(Box<dyn FnOnce() -> InertElement>);

impl Content {
    pub fn written(self) -> InertElement {
        (self.0)()
    }
}

impl<F, V> ToChildren<F> for Content
where
    F: FnOnce() -> V + 'static,
    V: IntoView,
{
    fn to_children(content: F) -> Self {
        Self(Box::new(|| written(content())))
    }
}

/// The HTML of a view: one type for whatever may stand at a place.
pub fn written(view: impl IntoView) -> InertElement {
    InertElement::new(view.into_view().to_html())
}
