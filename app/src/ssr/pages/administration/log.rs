use super::frame::{Frame, Pager, address};
use super::sentence::Sentence;
use crate::ssr::{administrator, clock, context::query, env, load, page::page};
use crate::workspace::{Zone, datetime};
use domain::administration::{PageOf, audit};
use domain::ports::{Act, ActId, Actor, AuditEntry, AuditSearch};
use leptos::prelude::*;

const PATH: &str = "/administration/log";

/// How the page and its address name whoever has the command line.
const OPERATOR: &str = "command line";

/// `/administration/log`: what administrators have done.
#[component]
pub fn Log() -> impl IntoView {
    page(async {
        let by = administrator().await?;
        let asked = Asked::now();
        let found = match asked.fault() {
            None => Some(audit::list(&env(), &by, &asked.search()).await?),
            Some(_) => None,
        };
        let next = found.as_ref().and_then(PageOf::goes_on_after).map(|last| asked.address(&last.id.0.to_string()));
        let first = (!asked.before.is_empty()).then(|| asked.address(""));
        let acts = found.map(|found| view! { <Acts found=found.entries asked=asked.clone()/> });
        Ok(view! {
            <Frame title="Audit log" path=PATH done=None>
                <Filter asked/>
                {acts}
                <Pager first next/>
            </Frame>
        })
    })
}

/// What the page's address asks for, as it stands there.
#[derive(Clone)]
struct Asked {
    act: String,
    actor: String,
    person: String,
    from: String,
    until: String,
    before: String,
}

impl Asked {
    fn now() -> Self {
        let [act, actor, person, from, until, before] = ["act", "by", "person", "from", "until", "before"].map(query);
        Self { act, actor, person, from, until, before }
    }

    /// What is wrong with the second of the days.
    fn fault(&self) -> Option<&'static str> {
        let AuditSearch { from, until, .. } = self.search();
        let is_before = from.zip(until).is_some_and(|(from, until)| until <= from);
        is_before.then_some("“Until” is before “From”. Choose a later day.")
    }

    /// Whether the log is asked for anything but all of it.
    fn is_narrow(&self) -> bool {
        self.address("") != PATH
    }

    /// What cannot be read is not asked for.
    fn search(&self) -> AuditSearch {
        let name = |text: &str| Some(text.trim_start_matches('@').to_lowercase()).filter(|name| !name.is_empty());
        let zone = clock::zone();
        let day = |text: &str| clock::day(text, zone.as_deref());
        AuditSearch {
            act: Act::parse(&self.act),
            actor: name(&self.actor).map(|name| if name == OPERATOR { Actor::Operator } else { Actor::Person(name) }),
            person: name(&self.person),
            from: day(&self.from).map(|(begin, _)| begin),
            until: day(&self.until).map(|(_, end)| end),
            before: self.before.parse().ok().map(ActId),
        }
    }

    /// The same, from some act on.
    fn address(&self, before: &str) -> String {
        let Self { act, actor, person, from, until, .. } = self;
        let query = [("act", act), ("by", actor), ("person", person), ("from", from), ("until", until)];
        let query: Vec<_> = query.into_iter().map(|(name, value)| (name, value.as_str())).collect();
        address(PATH, &[&query[..], &[("before", before)]].concat())
    }
}

#[component]
fn Filter(asked: Asked) -> impl IntoView {
    let options = Act::ALL.map(|act| {
        let selected = act.name() == asked.act;
        view! { <option value=act.name() selected=selected>{super::sentence::title(act)}</option> }
    });
    let fault = asked.fault();
    view! {
        <form class="filter" role="search" method="get" action=PATH aria-label="Filter">
            <div class="field">
                <label class="field__label" for="act">"What"</label>
                <select class="field__input" id="act" name="act">
                    <option value="">"Everything"</option>
                    {options.into_iter().collect_view()}
                </select>
            </div>
            <FilterField name="by" label="Done by" value=asked.actor list="actors"/>
            <FilterField name="person" label="Done to" value=asked.person/>
            <FilterField name="from" label="From" kind="date" value=asked.from/>
            <FilterField name="until" label="Until" kind="date" value=asked.until fault/>
            <datalist id="actors"><option value=OPERATOR></option></datalist>
            <button class="button button--quiet" type="submit">"Filter"</button>
        </form>
    }
}

#[component]
fn FilterField(
    name: &'static str,
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    value: String,
    /// The id of what it may hold.
    #[prop(optional)]
    list: Option<&'static str>,
    /// What is wrong with it.
    #[prop(default = None)]
    fault: Option<&'static str>,
) -> impl IntoView {
    let error = format!("{name}-error");
    let (invalid, described) = (fault.map(|_| "true"), fault.map(|_| error.clone()));
    view! {
        <div class="field">
            <label class="field__label" for=name>{label}</label>
            // Above, since the fields of a row stand on one line by their feet.
            {fault.map(|fault| view! { <p class="field__error" id=error role="alert">{fault}</p> })}
            <input
                class="field__input"
                id=name
                name=name
                type=kind
                value=value
                list=list
                autocomplete="off"
                autocapitalize="none"
                aria-invalid=invalid
                aria-describedby=described
            />
        </div>
    }
}

#[component]
fn Acts(found: Vec<AuditEntry>, asked: Asked) -> impl IntoView {
    let zone = load::zone();
    let is_empty = found.is_empty();
    let lines = found.into_iter().map(|entry| view! { <Line entry zone=zone.clone()/> }).collect_view();
    view! {
        <section class="section" aria-label="Acts">
            {(!is_empty).then(|| view! { <ol class="entries">{lines}</ol> })}
            {is_empty.then(|| view! { <Nothing asked/> })}
        </section>
    }
}

#[component]
fn Nothing(asked: Asked) -> impl IntoView {
    let (title, text) = if asked.is_narrow() {
        ("Nothing found", "Nothing of that kind has been done.")
    } else {
        ("Nothing yet", "What administrators do is listed here, such as who disabled whom, and when.")
    };
    view! {
        <div class="empty">
            <h2 class="empty__title">{title}</h2>
            <p class="empty__text">{text}</p>
            {asked.is_narrow().then(|| view! { <a class="button button--quiet" href=PATH>"See everything"</a> })}
        </div>
    }
}

#[component]
fn Line(entry: AuditEntry, zone: Zone) -> impl IntoView {
    let (at, exact) = (entry.at, zone.full(entry.at));
    let when = format!("{}, {}{}", zone.day(at), zone.time(at), zone.mark());
    view! {
        <li class="entry">
            <div class="entry__what">
                <span><Sentence entry/></span>
                <time class="entry__about" datetime=datetime(at) title=exact>{when}</time>
            </div>
        </li>
    }
}
