use super::{SqliteStore, audit, groups, instance, people};
use crate::store::records::Doer;
use async_trait::async_trait;
use domain::Registration;
use domain::ports::{
    Acted, Administration, Instance, Order, PeopleSearch, PersonRecord, RoomRecord, Shut, Statistics, Unavailable,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use protocol::{At, Change, InstanceName, Rev, RoomId, UserId};
use sqlx::SqliteConnection;

impl SqliteStore {
    /// Carries an order out in the writer's next transaction, if it comes from an administrator.
    pub async fn order<T, A>(&self, order: Order, act: A) -> Result<Acted<T>, Unavailable>
    where
        T: Send + 'static,
        A: for<'c> FnOnce(&'c mut SqliteConnection, Doer) -> BoxFuture<'c, sqlx::Result<Acted<T>>> + Send + 'static,
    {
        let carry_out = async move |db: &mut SqliteConnection| match audit::begin(db, order).await? {
            Ok(doer) => act(db, doer).await,
            Err(refusal) => Ok(Err(refusal)),
        };
        self.write(move |db| async move { carry_out(db).await }.boxed()).await
    }
}

#[async_trait]
impl Administration for SqliteStore {
    async fn people(&self, search: &PeopleSearch, limit: u32) -> Result<Vec<PersonRecord>, Unavailable> {
        people::search(self.readers.get(), search, limit).await.map_err(Unavailable::new)
    }

    async fn person_record(&self, user: UserId) -> Result<Option<PersonRecord>, Unavailable> {
        people::find(self.readers.get(), user).await.map_err(Unavailable::new)
    }

    async fn person_called(&self, login: &str) -> Result<Option<PersonRecord>, Unavailable> {
        people::called(self.readers.get(), login).await.map_err(Unavailable::new)
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
        groups::list(self.readers.get(), before, limit).await.map_err(Unavailable::new)
    }

    async fn groups_of(&self, owner: UserId, limit: u32) -> Result<Vec<RoomId>, Unavailable> {
        groups::of(self.readers.get(), owner, limit).await.map_err(Unavailable::new)
    }

    async fn group_record(&self, room: RoomId) -> Result<Option<RoomRecord>, Unavailable> {
        groups::find(self.readers.get(), room).await.map_err(Unavailable::new)
    }

    async fn delete_group(&self, order: Order, room: RoomId) -> Result<Acted<Rev>, Unavailable> {
        self.order(order, move |db, doer| groups::delete(db, doer, room).boxed()).await
    }

    async fn instance(&self) -> Result<Instance, Unavailable> {
        instance::read(self.readers.get()).await.map_err(Unavailable::new)
    }

    async fn set_instance_name(&self, order: Order, name: &InstanceName) -> Result<Acted, Unavailable> {
        let name = name.clone();
        self.order(order, move |db, doer| instance::set_name(db, doer, name).boxed()).await
    }

    async fn set_registration(&self, order: Order, registration: Registration) -> Result<Acted, Unavailable> {
        self.order(order, move |db, doer| instance::set_registration(db, doer, registration).boxed()).await
    }

    async fn statistics(&self, since: At) -> Result<Statistics, Unavailable> {
        instance::statistics(self.readers.get(), since).await.map_err(Unavailable::new)
    }
}
