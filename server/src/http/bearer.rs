//! Access tokens: what a program that has logged in shows for a quarter of an hour (JWT, RFC 7519; HS256 and nothing
//! else). One says which session is asking; whether that session still lives is asked of the store, each time.

use domain::ports::SessionId;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use protocol::{At, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long one serves, in seconds.
pub const LIFETIME_S: i64 = 15 * 60;

const AUDIENCE: &str = "natter-api";

/// Makes and reads access tokens.
pub struct AccessTokens {
    /// Who issues them: the address of this installation.
    issuer: String,
    signs: EncodingKey,
    verifies: DecodingKey,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    /// The session.
    sid: String,
    iat: i64,
    exp: i64,
}

impl AccessTokens {
    /// From the 64 bytes that all nodes share; the key is another one than that of the cookies.
    pub fn new(secret: &[u8], origin: Option<&str>) -> Self {
        let key = Sha256::new().chain_update(b"natter access tokens").chain_update(secret).finalize();
        Self {
            issuer: origin.unwrap_or("natter").to_owned(),
            signs: EncodingKey::from_secret(&key),
            verifies: DecodingKey::from_secret(&key),
        }
    }

    /// A token of a session.
    pub fn issue(&self, user: UserId, session: &SessionId, now: At) -> String {
        let iat = now.get() / 1000;
        let (iss, aud) = (self.issuer.clone(), AUDIENCE.to_owned());
        let claims = Claims { iss, aud, sub: user.to_string(), sid: session.0.clone(), iat, exp: iat + LIFETIME_S };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signs).expect("text and numbers become JSON")
    }

    /// Whose session a token names; `None` for one that is forged, of somebody else, or too old.
    pub fn read(&self, token: &str, now: At) -> Option<SessionId> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Against our own clock, below: the library would ask the machine's.
        rules.validate_exp = false;
        let claims = decode::<Claims>(token, &self.verifies, &rules).ok()?.claims;
        (now.get() / 1000 < claims.exp).then_some(SessionId(claims.sid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> At {
        At::try_from(seconds * 1000).unwrap()
    }

    fn tokens() -> AccessTokens {
        AccessTokens::new(&[7; 64], Some("https://chat.example.org"))
    }

    #[test]
    fn a_token_serves_for_a_quarter_of_an_hour() {
        let session = SessionId("s1".into());
        let token = tokens().issue(1.try_into().unwrap(), &session, at(1_000));
        assert_eq!(tokens().read(&token, at(1_000)), Some(session.clone()));
        assert_eq!(tokens().read(&token, at(1_899)), Some(session));
        assert_eq!(tokens().read(&token, at(1_900)), None);
    }

    #[test]
    fn a_token_of_others_or_of_none_is_refused() {
        let (session, user) = (SessionId("s1".into()), 1.try_into().unwrap());
        let elsewhere = AccessTokens::new(&[7; 64], Some("https://other.example.org")).issue(user, &session, at(1_000));
        let otherwise = AccessTokens::new(&[8; 64], Some("https://chat.example.org")).issue(user, &session, at(1_000));
        let own = tokens().issue(user, &session, at(1_000));
        let [head, claims, _] = own.split('.').collect::<Vec<_>>()[..] else { panic!("{own}") };
        // {"alg":"none"}
        let unsigned = format!("eyJhbGciOiJub25lIn0.{claims}.");
        let cut = format!("{head}.{claims}.");
        for token in [&elsewhere, &otherwise, &unsigned, &cut, "", "a.b.c"] {
            assert_eq!(tokens().read(token, at(1_000)), None, "{token}");
        }
    }
}
