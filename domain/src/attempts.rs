//! Tries of a password: from which budgets a wrong one is taken, and the record of each.
//!
//! Only wrong passwords count: what was taken is given back when the password turns out to be right.

use crate::ports::{Charge, DeviceId, Key, Limit, LogInOutcome, LogInReport, Login, Proof};
use crate::{Address, Env, Error};
use protocol::UserId;
use std::net::IpAddr;

/// Where a password is tried.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub from: Address,
    /// For the record, such as `/form/login`.
    pub route: &'static str,
    /// The accounts to which the browser has logged in before.
    pub devices: Vec<KnownDevice>,
}

/// A browser that has logged in to an account before. Construct only from a verified cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    pub user: UserId,
    pub id: DeviceId,
}

/// What a try has taken.
pub(crate) struct Taken(Vec<Charge>);

impl Taken {
    pub async fn give_back(self, env: &Env) {
        env.limits.give_back(&self.0).await;
    }
}

impl Attempt {
    /// Takes one try; `None` when the password is to be refused whatever it is, as if it was wrong.
    ///
    /// Exhausting an account's budget returns the usual failure: a 429 for a second name would reveal that both belong to
    /// one account.
    ///
    /// # Errors
    /// [`Error::TooMany`], whether or not there is such an account.
    pub(crate) async fn take(&self, env: &Env, login: &str, user: Option<UserId>) -> Result<Option<Taken>, Error> {
        let device = self.devices.iter().find(|device| Some(device.user) == user);
        if let Some(device) = device {
            return take(env, vec![Charge::one(Limit::LogInDevice, Key::Device(device.id))]).await.map(Some);
        }
        let (name, from) = (Login::folded(login), self.from);
        let mut by_name = vec![
            Charge::one(Limit::LogIn, Key::LoginAt(name.clone(), from)),
            Charge::one(Limit::LogInAddress, Key::Address(from)),
        ];
        let mut by_account: Vec<_> =
            user.map(|user| Charge::one(Limit::LogIn, Key::AccountAt(user, from))).into_iter().collect();
        // Attempts from other networks must not lock out someone with a session on this one.
        if !self.is_at_home(env, user).await? {
            by_name.push(Charge::one(Limit::LogInName, Key::Login(name)));
            by_account.extend(user.map(|user| Charge::one(Limit::LogInName, Key::Account(user))));
        }
        let Taken(mut taken) = take(env, by_name).await?;
        if env.limits.take(&by_account).await.is_err() {
            return Ok(None);
        }
        taken.extend(by_account);
        Ok(Some(Taken(taken)))
    }

    /// Whether the person is logged in from the same network.
    async fn is_at_home(&self, env: &Env, user: Option<UserId>) -> Result<bool, Error> {
        // Asked without an account too, for equal times.
        let sessions = env.store.sessions_of(user.unwrap_or(UserId::LAST), env.clock.now()).await?;
        let mut log_ins = sessions.iter().filter(|session| session.proof != Proof::Token);
        let network = |address: &str| address.parse::<IpAddr>().map(|ip| Address::from(ip).network());
        Ok(log_ins.any(|session| network(&session.device.address) == Ok(self.from.network())))
    }

    pub(crate) fn record(&self, env: &Env, account: Option<UserId>, outcome: LogInOutcome) {
        env.log_ins.record(&LogInReport { route: self.route, account, from: self.from, outcome });
    }
}

/// Takes one try of the password of somebody who is logged in: strangers cannot use that up.
///
/// # Errors
/// [`Error::TooMany`] of this person.
pub(crate) async fn take_own(env: &Env, user: UserId) -> Result<Taken, Error> {
    take(env, vec![Charge::one(Limit::Password, Key::Account(user))]).await
}

async fn take(env: &Env, charges: Vec<Charge>) -> Result<Taken, Error> {
    env.limits.take(&charges).await?;
    Ok(Taken(charges))
}
