use super::{PostgresStore, audit, groups, instance, people};
use crate::store::records::Doer;
use async_trait::async_trait;
use domain::Registration;
use domain::ports::{
    Acted, Administration, Instance, Order, PeopleSearch, PersonRecord, RoomRecord, Shut, Statistics, Unavailable,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use protocol::{At, Change, InstanceName, Rev, RoomId, UserId};
use sqlx::PgConnection;

impl PostgresStore {
    /// Carries an order out in a transaction, if it comes from an administrator.
    pub async fn order<T, A>(&self, order: Order, act: A) -> Result<Acted<T>, Unavailable>
    where
        T: Send + 'static,
        A: for<'c> FnOnce(&'c mut PgConnection, Doer) -> BoxFuture<'c, sqlx::Result<Acted<T>>> + Send + 'static,
    {
        let carry_out = async move |db: &mut PgConnection| match audit::begin(db, order).await? {
            Ok(doer) => act(db, doer).await,
            Err(refusal) => Ok(Err(refusal)),
        };
        self.write(move |db| async move { carry_out(db).await }.boxed()).await
    }
}

#[async_trait]
impl Administration for PostgresStore {
    async fn people(&self, search: &PeopleSearch, limit: u32) -> Result<Vec<PersonRecord>, Unavailable> {
        let search = search.clone();
        self.run(move |db| people::search(db, search, limit).boxed()).await
    }

    async fn person_record(&self, user: UserId) -> Result<Option<PersonRecord>, Unavailable> {
        self.run(move |db| people::find(db, user).boxed()).await
    }

    async fn person_called(&self, login: &str) -> Result<Option<PersonRecord>, Unavailable> {
        let login = login.to_owned();
        self.run(move |db| people::called(db, login).boxed()).await
    }

    async fn disable(&self, order: Order, user: UserId) -> Result<Acted<Shut>, Unavailable> {
        self.order(order, move |db, doer| people::disable(db, doer, user).boxed()).await
    }

    async fn enable(&self, order: Order, user: UserId) -> Result<Acted<Vec<Change>>, Unavailable> {
        self.order(order, move |db, doer| people::enable(db, doer, user).boxed()).await
    }

    async fn make_administrator(&self, order: Order, user: UserId) -> Result<Acted, Unavailable> {
        self.order(order, move |db, doer| people::make_administrator(db, doer, user).boxed()).await
    }

    async fn remove_administrator(&self, order: Order, user: UserId) -> Result<Acted, Unavailable> {
        self.order(order, move |db, doer| people::remove_administrator(db, doer, user).boxed()).await
    }

    async fn end_log_ins(&self, order: Order, user: UserId) -> Result<Acted, Unavailable> {
        self.order(order, move |db, doer| people::end_log_ins(db, doer, user).boxed()).await
    }

    async fn end_access(&self, order: Order, user: UserId) -> Result<Acted<Vec<UserId>>, Unavailable> {
        self.order(order, move |db, doer| people::end_access(db, doer, user).boxed()).await
    }

    async fn groups(&self, before: Option<RoomId>, limit: u32) -> Result<Vec<RoomRecord>, Unavailable> {
        self.run(move |db| groups::list(db, before, limit).boxed()).await
    }

    async fn groups_of(&self, owner: UserId, limit: u32) -> Result<Vec<RoomId>, Unavailable> {
        self.run(move |db| groups::of(db, owner, limit).boxed()).await
    }

    async fn group_record(&self, room: RoomId) -> Result<Option<RoomRecord>, Unavailable> {
        self.run(move |db| groups::find(db, room).boxed()).await
    }

    async fn delete_group(&self, order: Order, room: RoomId) -> Result<Acted<Rev>, Unavailable> {
        self.order(order, move |db, doer| groups::delete(db, doer, room).boxed()).await
    }

    async fn instance(&self) -> Result<Instance, Unavailable> {
        self.run(|db| instance::read(db).boxed()).await
    }

    async fn set_instance_name(&self, order: Order, name: &InstanceName) -> Result<Acted, Unavailable> {
        let name = name.clone();
        self.order(order, move |db, doer| instance::set_name(db, doer, name).boxed()).await
    }

    async fn set_registration(&self, order: Order, registration: Registration) -> Result<Acted, Unavailable> {
        self.order(order, move |db, doer| instance::set_registration(db, doer, registration).boxed()).await
    }

    async fn statistics(&self, since: At) -> Result<Statistics, Unavailable> {
        self.snapshot(move |db| instance::statistics(db, since).boxed()).await
    }
}
