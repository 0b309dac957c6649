use async_trait::async_trait;
use domain::ports::Unavailable;
use futures::FutureExt;
use futures::future::BoxFuture;
use sqlx::SqliteConnection;
use std::panic::AssertUnwindSafe;
use tokio::sync::oneshot;

/// How a command changes the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// By one statement at most, which SQLite undoes itself when it fails.
    One,
    /// By several, undone together in a savepoint, which costs two more round trips.
    Several,
}

/// What the writer does with a command, whatever it makes.
#[async_trait]
pub trait Job: Send {
    fn scope(&self) -> Scope;

    /// Runs the command and keeps its result; false when its traces have to be undone.
    async fn run(&mut self, db: &mut SqliteConnection) -> bool;

    /// Answers whoever asked: with the result, or with the fault that kept it from being committed.
    fn answer(self: Box<Self>, fault: Option<&str>);
}

/// A command on its way through the writer.
pub struct Command<T, A> {
    scope: Scope,
    act: Option<A>,
    made: Option<Result<T, Unavailable>>,
    asker: oneshot::Sender<Result<T, Unavailable>>,
}

impl<T, A> Command<T, A> {
    pub fn new(scope: Scope, act: A, asker: oneshot::Sender<Result<T, Unavailable>>) -> Self {
        Self { scope, act: Some(act), made: None, asker }
    }
}

#[async_trait]
impl<T, A> Job for Command<T, A>
where
    T: Send + 'static,
    A: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
{
    fn scope(&self) -> Scope {
        self.scope
    }

    async fn run(&mut self, db: &mut SqliteConnection) -> bool {
        let Some(act) = self.act.take() else { return false };
        // A panic may stand in the making of the future as well as in its polling.
        let acting = AssertUnwindSafe(async move { act(db).await }).catch_unwind();
        let made = match acting.await {
            Ok(made) => made.map_err(Unavailable::new),
            Err(_) => Err(Unavailable::new("the command panicked")),
        };
        self.made.insert(made).is_ok()
    }

    fn answer(self: Box<Self>, fault: Option<&str>) {
        let never = || Err(Unavailable::new("the command was not run"));
        let answer = match fault {
            Some(fault) => Err(Unavailable::new(fault)),
            None => self.made.unwrap_or_else(never),
        };
        // Nobody listens when the asker has gone.
        let _ = self.asker.send(answer);
    }
}
