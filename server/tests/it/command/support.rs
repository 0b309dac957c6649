use crate::contract::postgres;
use crate::live::support::{Server, within};
use crate::support::House;
use serde_json::Value;
use server::metrics::Commits;
use server::store;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// A live server, and where its database is.
pub struct Site {
    pub server: Server,
    pub database_url: String,
}

/// What a task has answered.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).expect("the output is JSON")
    }

    /// Why it was refused: one sentence.
    pub fn refusal(&self) -> &str {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        self.err.strip_prefix("natter: ").unwrap()
    }
}

impl Site {
    /// The same database from the tests' own process, beside the server.
    pub async fn house(&self) -> House {
        House::new(store::open_beside(&self.database_url, &Commits::default()).await.unwrap(), ())
    }

    pub async fn sqlite(flags: &[&str]) -> Self {
        let server = Server::with(flags).await;
        let database_url = format!("sqlite:{}", server.database().display());
        Self { server, database_url }
    }

    pub async fn postgres(flags: &[&str]) -> Self {
        let database_url = postgres::database().await;
        let server = Server::with(&[flags, &["--database-url", &database_url]].concat()).await;
        Self { server, database_url }
    }

    /// Runs a task beside the server.
    pub async fn natter(&self, line: &str) -> Answer {
        self.natter_reading(line, "").await
    }

    /// The same with something on its standard input.
    pub async fn natter_reading(&self, line: &str, input: &str) -> Answer {
        natter(&self.database_url, line, input).await
    }

    /// A task that is carried out.
    pub async fn does(&self, line: &str) -> Answer {
        let answer = self.natter(line).await;
        assert_eq!(answer.code, 0, "{line}: {answer:?}");
        answer
    }
}

pub async fn natter(database_url: &str, line: &str, input: &str) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_natter"));
    command.args(line.split_whitespace()).env_clear();
    command.env("NATTER_DATABASE_URL", database_url).env("NATTER_ORIGIN", "https://chat.example.org");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn().unwrap();
    // It may not read, and be gone by now.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
    let output = within("the end of a task", child.wait_with_output()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer {
        code: output.status.code().expect("it was not killed"),
        out: text(output.stdout).trim_end().to_owned(),
        err: text(output.stderr).trim_end().to_owned(),
    }
}

/// Runs every behaviour beside a live server of each database.
macro_rules! on_both {
    ($($noun:ident: [$($behaviour:ident),* $(,)?]),* $(,)?) => {
        $crate::command::support::on_both!(sqlite, $($noun: [$($behaviour),*]),*);
        $crate::command::support::on_both!(postgres, $($noun: [$($behaviour),*]),*);
    };
    ($database:ident, $($noun:ident: [$($behaviour:ident),*]),*) => {
        mod $database {
            $(mod $noun {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $behaviour() {
                        use $crate::command::{$noun, support::Site};
                        $noun::$behaviour(Site::$database(&[]).await).await;
                    }
                )*
            })*
        }
    };
}

pub(crate) use on_both;
