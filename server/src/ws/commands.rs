//! What each command does: a thin layer over the domain.

use super::session::{Flow, Session};
use domain::messages::Draft;
use domain::{Error, messages, receipts};
use futures::FutureExt;
use protocol::{ApiError, Command, Event, Frame, Page, Request, RequestId, RoomId};
use std::ops::ControlFlow;
use std::task::Poll;

impl Session<'_> {
    pub(super) async fn obey(&mut self, Request { id, command }: Request) -> Flow {
        let answer = match command {
            Command::Hello { epoch, rooms } => return self.hello(id, epoch, rooms).await,
            Command::HelloPart { rooms } => {
                self.hello_part(&rooms);
                Ok(Event::Ok)
            }
            Command::ResumeRoom { room, rev } => return self.resume_room(id, room, rev).await,
            Command::NewMessage { room, client_id, text } => {
                return self.new_message(id, room, Draft { client_id, text }).await;
            }
            Command::FetchMessages { room, before, after, around, limit } => {
                let page = before.map(Page::Before).or(after.map(Page::After)).or(around.map(Page::Around));
                let page = page.unwrap_or(Page::Newest);
                self.fetch(room, page, limit).await
            }
            Command::Seen { room, no, generation } => match self.seat(room).await {
                Ok(seat) => receipts::seen_up_to(&self.server.env, &seat, no, generation).await.map(|()| Event::Ok),
                Err(error) => Err(error),
            },
            Command::MarkUnread { room, no } => match self.seat(room).await {
                Ok(seat) => receipts::mark_unread(&self.server.env, &seat, no).await.map(|()| Event::Ok),
                Err(error) => Err(error),
            },
            Command::Ping => Ok(Event::Pong),
        };
        let event = answer.unwrap_or_else(|error| Event::Error(error.into()));
        self.write(&Frame { id, event }).await
    }

    async fn fetch(&mut self, room: RoomId, page: Page, limit: Option<u32>) -> Result<Event, Error> {
        let seat = self.seat(room).await?;
        let slice = messages::page(&self.server.env, &seat, page, limit).await?;
        Ok(Event::Messages { room, slice })
    }

    /// Hands the message to the store and goes on; the answer follows its commit.
    /// A seat that is known already keeps a sender's own order.
    async fn new_message(&mut self, id: Option<RequestId>, room: RoomId, draft: Draft) -> Flow {
        let seat = match self.seat(room).await {
            Ok(seat) => seat,
            Err(error) => return self.write(&Frame { id, event: Event::Error(error.into()) }).await,
        };
        if let Err(error) = messages::charge(&self.server.env, &seat) {
            return self.write(&Frame { id, event: Event::Error(error.into()) }).await;
        }
        let env = self.server.env.clone();
        let post = async move {
            let client_id = draft.client_id;
            let event = match messages::post(&env, &seat, draft).await {
                Ok(receipt) => Event::Ack { room, client_id, no: receipt.no, rev: receipt.rev, at: receipt.at },
                Err(error) => Event::Error(ApiError::from(error)),
            };
            Frame { id, event }.encode()
        };
        // Its first poll takes its place in the store's queue, so it is polled here, in the order of arrival, and without
        // tokio's budget, which could put it behind the next one.
        let mut post = tokio::task::unconstrained(post).boxed();
        match futures::poll!(post.as_mut()) {
            Poll::Ready(answer) => self.posts.push_back(futures::future::ready(answer).boxed()),
            Poll::Pending => self.posts.push_back(post),
        }
        ControlFlow::Continue(())
    }
}
