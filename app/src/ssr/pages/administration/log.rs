use super::frame::{Frame, Pager, address};
use super::sentence::Sentence;
use crate::ssr::{administrator, clock, context::query, env, load, page::page};
use crate::workspace::{Zone, datetime};
use domain::administration::audit;
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
        let found = audit::list(&env(), &by, &asked.search()).await?;
        let is_full = found.len() == audit::PAGE as usize;
        let next = found.last().filter(|_| is_full).map(|last| asked.address(&last.id.0.to_string()));
        let first = (!asked.before.is_empty()).then(|| asked.address(""));
        let (is_empty, zone) = (found.is_empty(), load::zone());
        let lines = found.into_iter().map(|entry| view! { <Line entry zone=zone.clone()/> }).collect_view();
        Ok(view! {
            <Frame title="Audit log" path=PATH done=None>
                <Filter asked/>
                <section class="section" aria-label="Acts">
                    {(!is_empty).then(|| view! { <ol class="entries">{lines}</ol> })}
                    {is_empty.then(|| view! { <p class="entries entries--none">"Nothing of that kind has been done."</p> })}
                </section>
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
    let field = |name: &'static str, label: &'static str, kind: &'static str, value: String| {
        let list = (name == "by").then_some("actors");
        view! {
            <div class="field">
                <label class="field__label" for=name>{label}</label>
                <input class="field__input" id=name name=name type=kind value=value list=list autocomplete="off" autocapitalize="none"/>
            </div>
        }
    };
    view! {
        <form class="filter" role="search" method="get" action=PATH aria-label="Filter">
            <div class="field">
                <label class="field__label" for="act">"What"</label>
                <select class="field__input" id="act" name="act">
                    <option value="">"Everything"</option>
                    {options.into_iter().collect_view()}
                </select>
            </div>
            {field("by", "Done by", "text", asked.actor)}
            {field("person", "Done to", "text", asked.person)}
            {field("from", "From", "date", asked.from)}
            {field("until", "Until", "date", asked.until)}
            <datalist id="actors"><option value=OPERATOR></option></datalist>
            <button class="button button--quiet" type="submit">"Filter"</button>
        </form>
    }
}

#[component]
fn Line(entry: AuditEntry, zone: Zone) -> impl IntoView {
    let (at, exact) = (entry.at, zone.full(entry.at));
    let when = format!("{}, {}", zone.day(at), zone.time(at));
    view! {
        <li class="entry">
            <div class="entry__what">
                <span><Sentence entry/></span>
                <time class="entry__about" datetime=datetime(at) title=exact>{when}</time>
            </div>
        </li>
    }
}
