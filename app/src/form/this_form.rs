use super::{Claim, FormState};
use leptos::prelude::*;
use protocol::Field;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The form that the fields around here belong to.
#[derive(Clone)]
pub struct ThisForm {
    /// Makes the ids of its fields unique on the page.
    pub id: String,
    /// Its state, when it is the one that failed.
    pub failed: Option<FormState>,
    /// The faults that its fields have told.
    told: Arc<Mutex<Vec<Field>>>,
    has_focus: Arc<AtomicBool>,
}

impl ThisForm {
    pub fn new(form: &str, hidden: &[(&'static str, String)]) -> Self {
        let id = hidden.iter().fold(form.to_owned(), |id, (_, value)| format!("{id}-{value}"));
        let id = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let failed = use_context::<FormState>().filter(|state| state.is_of(form, hidden));
        if failed.is_some() {
            Claim::take();
        }
        Self { id, failed, told: Arc::default(), has_focus: Arc::default() }
    }

    /// What is wrong with a field, for the field to tell.
    pub fn fault(&self, field: Field) -> Option<String> {
        let fault = self.failed.as_ref()?.error.at(field)?.to_owned();
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(field);
        Some(fault)
    }

    /// What concerns no field of the form; asked after the fields have been made.
    pub fn untold(&self) -> Option<String> {
        let error = &self.failed.as_ref()?.error;
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let also = error.also.iter().map(|fault| (Some(fault.field), fault.message.as_str()));
        let all = [(error.field, error.message.as_str())].into_iter().chain(also);
        let untold = all.filter(|(field, _)| field.is_none_or(|field| !told.contains(&field)));
        let untold: Vec<_> = untold.map(|(_, message)| message).collect();
        (!untold.is_empty()).then(|| untold.join(" "))
    }

    /// One of its fields takes the page's focus.
    pub fn take_focus(&self) {
        self.has_focus.store(true, Ordering::Relaxed);
    }

    /// Whether one of its fields does; asked after the fields have been made.
    pub fn has_focus(&self) -> bool {
        self.has_focus.load(Ordering::Relaxed)
    }
}
