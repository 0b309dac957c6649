use prometheus_client::encoding::EncodeLabelValue;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use std::fmt::Debug;
use std::hash::Hash;

/// A counter for each value of one label, all of them there from the start: a rate needs the 0 before the 1.
#[derive(Debug)]
pub struct Counters<V> {
    label: &'static str,
    each: Family<[(&'static str, V); 1], Counter>,
}

/// What a label may say.
pub trait Value: EncodeLabelValue + Clone + Debug + Eq + Hash + Send + Sync + 'static {}

impl<T: EncodeLabelValue + Clone + Debug + Eq + Hash + Send + Sync + 'static> Value for T {}

impl<V: Value> Counters<V> {
    pub fn of(label: &'static str, values: impl IntoIterator<Item = V>) -> Self {
        let counters = Self { label, each: Family::default() };
        values.into_iter().for_each(|value| counters.add(value, 0));
        counters
    }

    pub fn registered(self, registry: &mut Registry, name: &str, help: &str) -> Self {
        registry.register(name, help, self.each.clone());
        self
    }

    pub fn add(&self, value: V, count: usize) {
        self.each.get_or_create(&[(self.label, value)]).inc_by(count as u64);
    }
}
